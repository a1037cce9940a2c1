import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Labels, labelsKey, NO_LABELS } from '../../src/core/labels.ts';
import type { Sample } from '../../src/core/result.ts';
import { openWindows } from '../../src/observe/windows.ts';
import { held, INTERVAL_MS, need, up } from './held.ts';

const LABELS: readonly Labels[] = [NO_LABELS, { topic: 'a' }, { topic: 'b', group: 'x' }, { group: 'x' }];
const sample = fc
  .record({
    name: fc.constantFrom('lag', 'duration', 'up'),
    labels: fc.constantFrom(...LABELS),
    value: fc.oneof({ weight: 9, arbitrary: fc.integer() }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
  })
  .map((one): Sample => one);
const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('result' as const),
      afterMs: fc.integer({ min: 1, max: 3 * INTERVAL_MS }),
      samples: fc.uniqueArray(sample, {
        selector: ({ name, labels = NO_LABELS }) => name + labelsKey(labels),
        maxLength: 8,
      }),
      turn: fc.constantFrom('scheduled' as const, 'scheduled' as const, 'extra' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('retarget' as const),
      windows: fc.dictionary(fc.constantFrom('lag', 'duration'), fc.integer({ min: 1, max: 30 * INTERVAL_MS })),
      type: fc.constantFrom('kafka', 'kafka', 'kafka', 'redis'),
      intervalMs: fc.constantFrom(INTERVAL_MS, 1000),
    }),
  },
);

/** The same by lists that forget nothing; `surelyMs` is the window that was held all the time. */
interface Listed {
  readonly name: string;
  surelyMs: number;
  readonly samples: { readonly key: string; readonly at: number; readonly value: number }[];
}

const inWindow = ({ samples }: Listed, afterMs: number, untilMs: number) => {
  const all: Record<string, (readonly number[])[]> = {};
  for (const { key, at, value } of samples)
    if (at > afterMs && at <= untilMs && !Number.isNaN(value)) all[key] = [...(all[key] ?? []), [at, value]];
  return all;
};

describe('windows beside lists that forget nothing', () => {
  it('hold exactly what lies in the window, through results, gaps and changes of the config', () => {
    const first = { kind: 'retarget' as const, windows: { lag: 200_000 }, type: 'kafka', intervalMs: INTERVAL_MS };
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.double({ min: 0, max: 1 }), (steps, part) => {
        const windows = openWindows();
        let lists: readonly Listed[] = [];
        let type = '';
        let atMs = 0;
        for (const next of [first, ...steps]) {
          if (next.kind === 'retarget') {
            windows.retarget([need(next.windows, { type: next.type, intervalMs: next.intervalMs })]);
            const known = new Map(next.type === type ? lists.map((list) => [list.name, list]) : []);
            type = Object.keys(next.windows).length === 0 ? '' : next.type;
            lists = Object.entries(next.windows).map(([name, ms]): Listed => {
              const { samples, surelyMs } = known.get(name) ?? { samples: [], surelyMs: ms };
              return { name, samples, surelyMs: Math.min(surelyMs, ms) };
            });
          } else {
            atMs += next.afterMs;
            windows.record(up(atMs, next.samples, next.turn));
            for (const { name, labels = NO_LABELS, value } of next.turn === 'scheduled' ? next.samples : [])
              lists.find((list) => list.name === name)?.samples.push({ key: labelsKey(labels), at: atMs, value });
          }
          for (const list of lists) {
            const afterMs = atMs - list.surelyMs * part;
            expect(held(windows, afterMs, atMs, list.name)).toEqual(inWindow(list, afterMs, atMs));
            expect(held(windows, afterMs, atMs - 1, list.name)).toEqual(inWindow(list, afterMs, atMs - 1));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
