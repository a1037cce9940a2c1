import type { ReadStream } from 'node:tty';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/** Reads single keys from a terminal, or characters from a pipe; gives what undoes it. */
export function readKeys(input: ReadStream, onKey: (key: string) => void, onQuit: () => void): Disposable {
  const terminal = input.isTTY === true;
  const read = (chunk: string) => {
    for (const key of chunk) {
      if (key === CTRL_C || (terminal && key === CTRL_D)) onQuit();
      else onKey(key);
    }
  };
  // A pipe that breaks only means that no key comes any more.
  const ignore = () => undefined;
  if (terminal) input.setRawMode(true);
  input.setEncoding('utf8').on('data', read).on('error', ignore).resume();
  input.unref?.();
  return {
    [Symbol.dispose]() {
      input.off('data', read).pause();
      if (terminal) input.setRawMode(false);
    },
  };
}
