import { createInterface } from 'node:readline';
import { systemClock } from '../../../src/core/clock.ts';
import { errorText } from '../../../src/core/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/history.ts';
import { openHistory } from '../../../src/store/open.ts';
import { minuteOf } from '../past.ts';

/** History in a process of its own: `append MINUTE`, `count`, `roll`, `close`, a line each, answered by a line each. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const TARGETS = Array.from({ length: 5000 }, (_, at) => `target-${at}`);
const WHOLE = { fromMs: 0, toMs: 10_000 * HOUR_MS };

const history = await openHistory(process.argv[2] ?? '', systemClock, quiet);
if (history === undefined) throw new Error('no history');

async function answer(line: string): Promise<unknown> {
  const [word, minute] = line.split(' ');
  if (word === 'append') {
    const atMs = Number(minute) * MINUTE_MS;
    return await history?.append(
      TARGETS.map((target) => minuteOf(target, atMs, [0.1, 0.2, 0.4])),
      [],
    );
  }
  if (word === 'count') return (await history?.lines('target-7', 'duration', WHOLE, MINUTE_MS))?.[0]?.points.length;
  if (word === 'roll') return await history?.roll(WHOLE.toMs, 100);
  return await history?.[Symbol.asyncDispose]();
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(line).catch((error: unknown) => `refused: ${errorText(error)}`);
  process.stdout.write(`${String(said ?? 'done')}\n`);
  if (line === 'close') break;
}
