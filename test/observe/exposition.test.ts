import fc from 'fast-check';
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

  it('of a target that is paused are gone but for its counters, and come back with its next probe', async () => {
    const { metrics, retarget } = open();
    retarget('a');
    metrics.record(result('a', [{ name: 'up', value: 0 }], 'down'));
    metrics.retarget([{ target: aTarget('a', { enabled: false }), ownMeasures: [] }], () => true);
    const paused = await text(metrics);
    expect(samplesIn(paused, 'probe_success')).toEqual([]);
    expect(samplesIn(paused, 'outrider_probe_failure_info')).toEqual([]);
    expect(samplesIn(paused, 'outrider_target_probes_total')).toContain(
      'outrider_target_probes_total{target="a",outcome="down"} 1',
    );
    retarget('a');
    expect(samplesIn(await text(metrics), 'probe_success')).toEqual([]);
    metrics.record(result('a', [{ name: 'up', value: 1 }]));
    expect(samplesIn(await text(metrics), 'probe_success')).toEqual(['probe_success{target="a",instance="a"} 1']);
  });

  it('begin anew when a target becomes one of another type', async () => {
    const { metrics, retarget } = open();
    retarget('a');
    metrics.record(result('a', [{ name: 'up', value: 1 }]));
    metrics.retarget([{ target: aTarget('a', { type: 'redis' }), ownMeasures: [] }], () => true);
    const all = await text(metrics);
    expect(samplesIn(all, 'probe_success')).toEqual([]);
    expect(samplesIn(all, 'outrider_target_last_probe_timestamp_seconds')).toEqual([]);
    expect(samplesIn(all, 'outrider_target_probes_total')).toContain(
      'outrider_target_probes_total{target="a",outcome="up"} 0',
    );
  });

  it('find their new names when a reload changes them, with the values that are known', async () => {
    const { metrics } = open();
    const observed = [{ target: aTarget('a'), ownMeasures: [] }];
    metrics.retarget(observed, () => true);
    metrics.record(
      result('a', [
        { name: 'up', value: 1 },
        { name: 'connect', value: 0.5 },
      ]),
    );
    metrics.retarget(observed, () => false);
    const all = await text(metrics);
    expect(samplesIn(all, 'outrider_http_connect_seconds')).toEqual([
      'outrider_http_connect_seconds{target="a",instance="a"} 0.5',
    ]);
    expect(samplesIn(all, 'probe_success')).toEqual([]);
  });

  it('of a measure of one’s own are untyped where its name is a counter’s or histogram’s', async () => {
    const { metrics } = open();
    const own = (name: string): MeasureSpec => ({ name, unit: 'count', kind: 'gauge', help: 'Mine.' });
    const ownMeasures = [own('orders_total'), own('order_count'), own('orders')];
    metrics.retarget([{ target: aTarget('a'), ownMeasures }], () => true);
    metrics.record(
      result(
        'a',
        ownMeasures.map(({ name }) => ({ name, value: 1 })),
      ),
    );
    const types = (await text(metrics)).split('\n').filter((line) => line.startsWith('# TYPE outrider_http'));
    expect(types).toEqual([
      '# TYPE outrider_http_orders_total untyped',
      '# TYPE outrider_http_order_count untyped',
      '# TYPE outrider_http_orders gauge',
    ]);
  });
});

describe('what is written', () => {
  const any = fc.string({ unit: 'binary', maxLength: 20 });

  it('is read back as it was, whatever stands in labels and values', async () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e21, 5e-324));
    await fc.assert(
      fc.asyncProperty(any, any, any, value, async (name, instance, topic, number) => {
        const { metrics } = open();
        metrics.retarget([{ target: aTarget(name, { instance }), ownMeasures: [] }], () => true);
        metrics.record(result(name, [{ name: 'lag', value: number, labels: { topic } }]));
        const [line = ''] = samplesIn(await text(metrics), 'outrider_http_lag');
        const labels = { target: name, instance, topic };
        expect(readLine(line)).toEqual({ name: 'outrider_http_lag', labels, value: number === 0 ? 0 : number });
      }),
    );
  });

  it.each([
    { format: 'text', written: '# HELP odd \\\\ and "so"\\non\n# TYPE odd counter\n' },
    { format: 'openmetrics', written: '# HELP odd \\\\ and \\"so\\"\\non\n# TYPE odd unknown\n' },
  ] as const)('escapes a help as $format wants it', async ({ format, written }) => {
    const odd = { name: 'odd', kind: 'counter', help: '\\ and "so"\non', lines: () => ['odd 1'] } as const;
    let all = '';
    for await (const chunk of exposition([odd], format)) all += chunk;
    expect(all.startsWith(written)).toBe(true);
  });

  it('leaves out a family without a series', async () => {
    const none = { name: 'none', kind: 'gauge', help: 'None.', lines: () => [] } as const;
    let all = '';
    for await (const chunk of exposition([none], 'openmetrics')) all += chunk;
    expect(all).toBe('# EOF\n');
  });
});

/** Reads a line by the grammar of the text format. */
function readLine(line: string) {
  const [, name = '', inner = '', value = ''] = /^([a-z_]+)\{(.*)\} (\S+)$/s.exec(line) ?? [];
  const labels: Record<string, string> = {};
  for (const [, label = '', text = ''] of inner.matchAll(/([a-z]+)="((?:[^"\\]|\\.)*)"(?:,|$)/gs))
    labels[label] = text.replace(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  return {
    name,
    labels,
    value: value === '+Inf' ? Number.POSITIVE_INFINITY : value === '-Inf' ? -Infinity : Number(value),
  };
}
