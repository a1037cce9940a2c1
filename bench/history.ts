import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HOUR_MS, MINUTE_MS } from '../src/core/history.ts';
import type { ProbeResult } from '../src/core/result.ts';
import { openRecorder } from '../src/observe/history.ts';
import { openHistoryFile } from '../src/store/history-file.ts';

/** How large history is, and what it costs: random results of many targets, through the recorder into a real file. */
const { values: given } = parseArgs({
  options: {
    targets: { type: 'string', default: '10000' },
    hours: { type: 'string', default: '3' },
    interval: { type: 'string', default: '10' },
    watched: { type: 'string', default: '0' },
  },
});
const [count, hours, intervalS, watched] = [given.targets, given.hours, given.interval, given.watched].map(Number) as [
  number,
  number,
  number,
  number,
];
const START_MS = Date.UTC(2026, 0, 1);
const MINUTES_KEPT = 48 * 60;
const HOURS_KEPT = 400 * 24;

const folder = await mkdtemp(join(tmpdir(), 'outrider-bench-history-'));
const path = join(folder, 'history.db');
const file = openHistoryFile(path);
const recorder = openRecorder();
const names = Array.from({ length: count }, (_, index) => `service-${index}`);
const measures = Array.from({ length: watched }, (_, index) => `measure_${index}`);
recorder.retarget(
  names.map((target) => ({ target, always: new Set(measures), watched: new Set() })),
  0,
);

/** Around 20 to 200 ms, a third more or less, and now and then a failure. */
function resultOf(index: number, atMs: number): ProbeResult {
  const durationMs = (20 + (index % 10) * 20) * Math.exp((Math.random() + Math.random() + Math.random() - 1.5) * 0.6);
  const at = { wallMs: atMs, monoMs: atMs };
  const ran = { target: names[index] ?? '', turn: 'scheduled' as const, at, durationMs, series: [] };
  const seen = { ...ran, measures: measures.map((name) => ({ name, value: Math.random() * 100 })) };
  return Math.random() < 0.001
    ? { ...seen, outcome: 'down', reason: 'timeout', message: '' }
    : { ...seen, outcome: 'up' };
}

let writtenMs = 0;
let rows = 0;
const timed = <T>(task: () => T): T => {
  const from = performance.now();
  const done = task();
  writtenMs += performance.now() - from;
  return done;
};
const rssBefore = process.memoryUsage.rss();
let longestMs = 0;
for (let minute = 0; minute < hours * 60; minute++) {
  const atMs = START_MS + minute * MINUTE_MS;
  for (let s = 0; s < 60; s += intervalS)
    for (let index = 0; index < count; index++) recorder.record(resultOf(index, atMs + s * 1000), false);
  for (
    let taken = recorder.take(atMs + MINUTE_MS, 250);
    taken.length > 0;
    taken = recorder.take(atMs + MINUTE_MS, 250)
  ) {
    const from = performance.now();
    timed(() => file.append(taken, []));
    longestMs = Math.max(longestMs, performance.now() - from);
    rows += taken.length;
  }
}
const mib = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
const sizeOf = async () => (await stat(path)).size;
const say = (line: string) => process.stdout.write(`${line}\n`);

say(`${count} targets every ${intervalS} s, ${watched} more measures, ${hours} h: ${rows} rows`);
say(
  `writing a minute: ${(writtenMs / hours / 60).toFixed(0)} ms of the thread, most for one batch ${longestMs.toFixed(0)} ms`,
);
file.close();
const minutesBytes = await sizeOf();
const perMinute = minutesBytes / (count * hours * 60);
const again = openHistoryFile(path);
const rollFrom = performance.now();
longestMs = 0;
for (let more = true; more; ) {
  const from = performance.now();
  more = again.roll(START_MS + hours * HOUR_MS, 250);
  longestMs = Math.max(longestMs, performance.now() - from);
}
say(
  `rolling up an hour: ${((performance.now() - rollFrom) / hours).toFixed(0)} ms, most for one batch ${longestMs.toFixed(0)} ms`,
);
const sumFrom = performance.now();
again.summaries(names.slice(0, 100), [{ fromMs: START_MS, toMs: START_MS + hours * HOUR_MS }]);
say(`a summary of 100 targets: ${(performance.now() - sumFrom).toFixed(1)} ms`);
const lineFrom = performance.now();
again.lines('service-1', 'duration', { fromMs: START_MS, toMs: START_MS + hours * HOUR_MS }, MINUTE_MS);
say(`a line by the minute: ${(performance.now() - lineFrom).toFixed(1)} ms`);
again.close();
const perHour = ((await sizeOf()) - minutesBytes) / (count * hours);
say(`bytes of a target: ${perMinute.toFixed(1)} a minute, ${perHour.toFixed(1)} an hour`);
say(`kept: ${mib(count * perMinute * MINUTES_KEPT)} of minutes, ${mib(count * perHour * HOURS_KEPT)} of hours`);
say(`resident: ${mib(rssBefore)} before, ${mib(process.memoryUsage.rss())} after`);
await rm(folder, { recursive: true });
