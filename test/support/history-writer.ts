import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { MINUTE_MS } from '../../src/core/history.ts';
import { openHistory } from '../../src/store/open.ts';
import { minuteOf } from './past.ts';

/** Appends minutes 0, 1, 2, … of ten targets, rolls up now and then, and writes the number of each minute that is answered, until it is killed. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const TARGETS = Array.from({ length: 10 }, (_, at) => `target-${at}`);

const history = await openHistory(process.argv[2] ?? '', systemClock, quiet);
for (let minute = 0; ; minute++) {
  const atMs = minute * MINUTE_MS;
  await history?.append(
    TARGETS.map((target) => minuteOf(target, atMs, [0.1])),
    [{ atMs, target: 'target-0', from: 'up', to: 'down' }],
  );
  writeSync(1, `${minute}\n`);
  if (minute % 30 === 29) await history?.roll(atMs, 3);
}
