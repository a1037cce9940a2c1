import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

/** Where the demo writes: lines, and on a terminal one line at the bottom that changes. */
export interface Screen {
  line(text?: string): void;
  /** Shows the text below everything until it is replaced or cleared; nothing in a pipe. */
  status(text: string | undefined): void;
  style(format: Parameters<typeof styleText>[0], text: string): string;
  /** `0:07.4` since the demo began. */
  time(): string;
}

const CLEAR_LINE = '\r\x1b[K';

/** A screen on the stream; colours as the terminal and NO_COLOR want them. */
export function createScreen(
  output: Writable & { readonly isTTY?: boolean; readonly columns?: number },
  began = performance.now(),
): Screen {
  const terminal = output.isTTY === true;
  let bottom: string | undefined;
  const draw = (text: string | undefined) => {
    if (terminal) output.write(text === undefined ? CLEAR_LINE : `${CLEAR_LINE}${text}`);
  };
  return {
    line(text = '') {
      draw(undefined);
      output.write(`${text}\n`);
      if (bottom !== undefined) draw(bottom);
    },
    status(text) {
      // A line that wraps could not be taken back.
      const fitting = text?.slice(0, (output.columns ?? 80) - 1);
      if (fitting === bottom) return;
      bottom = fitting;
      draw(fitting);
    },
    style: (format, text) => (terminal ? styleText(format, text) : text),
    time: () => clockText(performance.now() - began),
  };
}

/** Milliseconds as `m:ss.t`. */
export function clockText(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const seconds = Math.floor(tenths / 10);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`;
}
