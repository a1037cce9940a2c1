import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthMeasures, type MeasureSpec } from '../../src/core/measure.ts';
import type { ProbeResult } from '../../src/core/result.ts';
import { targetBlocks } from '../../src/observe/blocks.ts';
import { exposition } from '../../src/observe/exposition.ts';
import { type Metrics, type Observed, openMetrics } from '../../src/observe/metrics.ts';
import { aTarget } from '../support/targets.ts';

const gauge = (name: string): MeasureSpec => ({ name, unit: 'count', kind: 'gauge', help: 'A number.' });
const types = ['http', 'redis'].map((type) => ({
  type,
  measures: [...healthMeasures({ up: `${type}_up` }), { ...gauge('size'), metric: { name: `${type}_size` } }],
  series: [],
}));

/** Targets that a config may have; two of them measure something of their own. */
const OBSERVED: readonly Observed[] = [
  { target: aTarget('a'), ownMeasures: [] },
  { target: aTarget('a', { instance: 'other' }), ownMeasures: [] },
  { target: aTarget('a', { type: 'redis' }), ownMeasures: [] },
  { target: aTarget('b', { enabled: false }), ownMeasures: [] },
  { target: aTarget('b'), ownMeasures: [] },
  { target: aTarget('c'), ownMeasures: [gauge('orders')] },
  { target: aTarget('d', { type: 'redis' }), ownMeasures: [gauge('orders'), gauge('returns')] },
];

const result = (target: string, value: number): ProbeResult => ({
  target,
  turn: 'scheduled',
  at: { monoMs: value, wallMs: value },
  durationMs: 5,
  series: [],
  measures: ['up', 'size', 'orders', 'returns'].map((name) => ({ name, value })),
  outcome: 'up',
});

async function textOf(metrics: Metrics): Promise<string> {
  const facts = { service: 'shop', verdict: () => 'up' as const };
  let all = '';
  for await (const chunk of exposition(targetBlocks(metrics, facts, { types: [], targets: [] }), 'text')) all += chunk;
  return all;
}

describe('a reload that leaves targets unchanged', () => {
  it('shows what it would show if it looked at each of them again', async () => {
    const config = fc.record({
      kind: fc.constant('retarget' as const),
      targets: fc.uniqueArray(fc.constantFrom(...OBSERVED), { selector: ({ target }) => target.name }),
      exporters: fc.constantFrom('all', 'http', 'none'),
    });
    const probe = fc.record({ kind: fc.constant('result' as const), target: fc.constantFrom('a', 'b', 'c', 'd') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(config, probe), { maxLength: 20 }), async (steps) => {
        const [knowing, looking] = [openMetrics(types), openMetrics(types)];
        for (const [nth, step] of steps.entries()) {
          if (step.kind === 'result') {
            for (const metrics of [knowing, looking]) metrics.record(result(step.target, nth));
            continue;
          }
          const speaks = (type: string) => step.exporters === 'all' || step.exporters === type;
          knowing.retarget(step.targets, speaks);
          looking.retarget(
            step.targets.map((one) => ({ ...one, target: { ...one.target } })),
            speaks,
          );
          expect(await textOf(knowing)).toBe(await textOf(looking));
        }
      }),
    );
  });
});
