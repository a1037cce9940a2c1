import { describe, expect, it } from 'vitest';
import type { MeasureSpec, SeriesSpec } from '../../src/core/measure.ts';
import { healthMeasures } from '../../src/core/measure.ts';
import type { ProbeResult, Sample } from '../../src/core/result.ts';
import { type Selection, targetBlocks } from '../../src/observe/blocks.ts';
import { type ExpositionFormat, exposition } from '../../src/observe/exposition.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { aTarget } from '../support/targets.ts';

const measures: readonly MeasureSpec[] = [
  ...healthMeasures({ up: 'probe_success' }),
  {
    name: 'connect',
    unit: 'seconds',
    kind: 'gauge',
    help: 'Connecting.',
    metric: { name: 'phase_seconds', labels: { phase: 'connect' } },
  },
  {
    name: 'tls',
    unit: 'seconds',
    kind: 'gauge',
    help: 'Connecting.',
    metric: { name: 'phase_seconds', labels: { phase: 'tls' } },
  },
  { name: 'evicted', unit: 'count', kind: 'counter', help: 'Evicted keys.' },
  { name: 'lag', unit: 'count', kind: 'gauge', help: 'Lag.', labels: ['topic'] },
];
const series: readonly SeriesSpec[] = [{ name: 'odd_sum', kind: 'untyped', help: 'An exporter’s odd name.' }];
const AT = { monoMs: 0, wallMs: 1_000 };

const result = (target: string, samples: readonly Sample[], outcome: 'up' | 'down' = 'up'): ProbeResult => ({
  target,
  turn: 'scheduled',
  at: AT,
  durationMs: 5,
  series: [],
  measures: samples,
  ...(outcome === 'up' ? { outcome } : { outcome, reason: 'refused', message: 'refused' }),
});

const open = (exporterNames = true) => {
  const metrics = openMetrics([{ type: 'http', measures, series }]);
  const retarget = (...names: readonly string[]) =>
    metrics.retarget(
      names.map((name) => ({ target: aTarget(name), ownMeasures: [] })),
      () => exporterNames,
    );
  return { metrics, retarget };
};

const ALL: Selection = { types: [], targets: [] };

async function text(metrics: ReturnType<typeof openMetrics>, format: ExpositionFormat = 'text', selection = ALL) {
  const facts = { service: 'shop', verdict: () => 'up' as const };
  let all = '';
  for await (const chunk of exposition(targetBlocks(metrics, facts, selection), format)) all += chunk;
  return all;
}

const samplesIn = (all: string, name: string) => all.split('\n').filter((line) => line.startsWith(`${name}{`));

describe('the targets’ series', () => {
  it('carry the exporter’s name with target, instance and the measure’s own labels', async () => {
    const { metrics, retarget } = open();
    retarget('api');
    metrics.record(
      result('api', [
        { name: 'connect', value: 0.25 },
        { name: 'tls', value: 0.5 },
        { name: 'lag', value: 7, labels: { topic: 'a"b' } },
      ]),
    );
    const all = await text(metrics);
    expect(samplesIn(all, 'phase_seconds')).toEqual([
      'phase_seconds{target="api",instance="api",phase="connect"} 0.25',
      'phase_seconds{target="api",instance="api",phase="tls"} 0.5',
    ]);
    expect(samplesIn(all, 'outrider_http_lag')).toEqual([
      'outrider_http_lag{target="api",instance="api",topic="a\\"b"} 7',
    ]);
  });

  it('stand together by family, each family with one HELP and one TYPE', async () => {
    const { metrics, retarget } = open();
    retarget('a', 'b');
    for (const name of ['a', 'b'])
      metrics.record(
        result(name, [
          { name: 'connect', value: 1 },
          { name: 'evicted', value: 3 },
        ]),
      );
    const all = await text(metrics);
    expect(all.match(/^# TYPE phase_seconds gauge$/gm)).toHaveLength(1);
    expect(all).toContain(
      '# TYPE outrider_http_evicted_total counter\noutrider_http_evicted_total{target="a",instance="a"} 3\noutrider_http_evicted_total{target="b",instance="b"} 3\n',
    );
  });

  it('are absent where the last probe did not measure them, never the last good value', async () => {
    const { metrics, retarget } = open();
    retarget('api');
    metrics.record(
      result('api', [
        { name: 'up', value: 1 },
        { name: 'connect', value: 1 },
      ]),
    );
    metrics.record(result('api', [{ name: 'up', value: 0 }], 'down'));
    const all = await text(metrics);
    expect(all).not.toContain('phase_seconds');
    expect(samplesIn(all, 'probe_success')).toEqual(['probe_success{target="api",instance="api"} 0']);
    expect(samplesIn(all, 'outrider_probe_failure_info')).toEqual([
      'outrider_probe_failure_info{target="api",reason="refused"} 1',
    ]);
  });

  it('leave with a target that leaves the config; the others keep theirs', async () => {
    const { metrics, retarget } = open();
    retarget('a', 'b');
    for (const name of ['a', 'b']) metrics.record(result(name, [{ name: 'up', value: 1 }]));
    retarget('b');
    expect(samplesIn(await text(metrics), 'probe_success')).toEqual(['probe_success{target="b",instance="b"} 1']);
    expect(samplesIn(await text(metrics), 'outrider_target_probes_total')).toContain(
      'outrider_target_probes_total{target="b",outcome="up"} 1',
    );
  });

  it('have our own names where the exporter’s are left out', async () => {
    const { metrics, retarget } = open(false);
    retarget('a');
    metrics.record(
      result('a', [
        { name: 'up', value: 1 },
        { name: 'connect', value: 1 },
      ]),
    );
    const all = await text(metrics);
    expect(samplesIn(all, 'outrider_http_up')).toEqual(['outrider_http_up{target="a",instance="a"} 1']);
    expect(samplesIn(all, 'outrider_http_connect_seconds')).toHaveLength(1);
    expect(all).not.toContain('probe_success');
  });

  it('can be chosen by target and by type', async () => {
    const { metrics, retarget } = open();
    retarget('a', 'b');
    for (const name of ['a', 'b']) metrics.record(result(name, [{ name: 'up', value: 1 }]));
    expect(samplesIn(await text(metrics, 'text', { types: [], targets: ['b'] }), 'probe_success')).toHaveLength(1);
    expect(await text(metrics, 'text', { types: ['redis'], targets: [] })).toBe('');
  });

  it('are OpenMetrics when asked for: counters without `_total` in their TYPE, `unknown` for untyped, an end', async () => {
    const { metrics, retarget } = open();
    retarget('a');
    metrics.record({
      ...result('a', [{ name: 'evicted', value: 3 }]),
      series: [{ name: 'odd_sum', value: 4 }],
    } as ProbeResult);
    const all = await text(metrics, 'openmetrics');
    expect(all).toContain('# TYPE outrider_http_evicted counter\noutrider_http_evicted_total{');
    expect(all).toContain('# TYPE odd_sum unknown\n');
    expect(all.endsWith('# EOF\n')).toBe(true);
  });
});
