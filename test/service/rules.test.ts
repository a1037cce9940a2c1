import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { binary } from '../../demo/service/binary.ts';
import { startPrometheus } from '../../demo/service/prometheus.ts';
import { type Labels, labelsKey } from '../../src/core/labels.ts';
import type { MeasureSpec } from '../../src/core/measure.ts';
import { AGGREGATES } from '../../src/core/when/tree.ts';
import { formulaOf } from '../../src/generate/rules/promql.ts';
import { independentRulesText, rulesText } from '../../src/generate/rules/rules.ts';
import { measuresOf, probeTypes } from '../../src/probe/registry.ts';
import { subjectWith, whenOf } from '../generate/rules/subject.ts';
import { outrider } from '../smoke/command.ts';
import { configFolder, goodConfig } from '../support/config-folder.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startOutrider } from '../support/outrider.ts';
import { startRecorded } from '../support/recorded.ts';
import { until } from '../support/wait.ts';

/** Every form that a condition on this measure can have, at thresholds that fit any unit. */
function formsOf({ name, unit, kind, words = [], labels = [] }: MeasureSpec): readonly string[] {
  const [mildest = ''] = words;
  if (unit === 'words') return [`${name} != ${mildest}`, `max(${name}) over 10m > ${mildest}`, `absent(${name})`];
  const windows = AGGREGATES.filter((fn) => kind === 'counter' || (fn !== 'rate' && fn !== 'increase'));
  const [label] = labels;
  return [
    `${name} > 0`,
    `${name} > 0 and down`,
    `${name} > 0 and flapping`,
    `absent(${name})`,
    ...windows.map((fn) => `${fn}(${name}) over 10m${fn === 'predict' ? ' in 1h' : ''} > 0`),
    ...(label === undefined
      ? []
      : [`sum(${name}) > 0`, `max(${name}) by (${label}) > 0`, `${name} / sum(${name}) > 0`]),
    ...(label === undefined ? [] : [`${name}{${label}=~"a|\\"b",${label}!="c\\\\d"} > 0`]),
  ];
}

const PLACES: Readonly<Record<(typeof probeTypes)[number]['type'], object>> = {
  http: { url: 'http://127.0.0.1:1/', measure: { pool: { json: '$.pool', unit: 'ratio' } } },
  postgres: { url: 'postgres://user:pa55word@127.0.0.1:1/shop' },
  redis: { url: 'redis://127.0.0.1:1' },
  kafka: { brokers: ['127.0.0.1:1'] },
};

/** A config with every form of every measure of every type, and with names and texts that are hard to quote. */
async function everything(extra: object = {}) {
  const targets = await Promise.all(
    probeTypes.map(async ({ type }) => {
      const target = { name: `a "${type}" \\ {{ it's }}`, type, interval: '1s', ...PLACES[type] };
      const plain = await goodConfig(JSON.stringify({ service: 'x', targets: [target] }));
      const measures = plain.targets.flatMap(({ settings }) => measuresOf(settings));
      const alerts = measures.flatMap(formsOf).map((when, index) => ({
        name: `Own${index}`,
        when,
        for: '1m',
        raise: [{ after: '5m', severity: 'P0' }],
        summary: '{{ value }} of {{ threshold }} at {{ target }} {{ labels.team }} {{ labels.state }}',
      }));
      return { ...target, labels: { team: '{{ "core" }}', quoted: `"'\\n: #` }, alerts };
    }),
  );
  return goodConfig(JSON.stringify({ service: 'a "service" of 100% {{', targets, ...extra }));
}

interface ShownRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly labels: Labels;
  readonly alerts: readonly { readonly state: string; readonly labels: Labels; readonly annotations: Labels }[];
}
interface ShownGroup {
  readonly name: string;
  readonly rules: readonly ShownRule[];
}

async function groupsOf(url: string): Promise<readonly ShownGroup[]> {
  const response = await fetch(`${url}/api/v1/rules`);
  return ((await response.json()) as { readonly data: { readonly groups: readonly ShownGroup[] } }).data.groups;
}

interface RuleText {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly labels?: Labels }[] }[];
}

describe('a rule file with every form of every measure of every type', () => {
  it.each([
    ['of each alert’s own formula', independentRulesText, {}],
    ['of our own metrics’ names', independentRulesText, { metrics: { exporter_names: [] } }],
    ['over what the daemon says', rulesText, {}],
  ])('%s: promtool has nothing to say, and Prometheus judges each', async (_, write, extra) => {
    const text = write(await everything(extra));
    const written = (parse(text, { version: '1.1' }) as RuleText).groups.flatMap(({ rules }) => rules);
    expect(written.length).toBeGreaterThan(100);
    using folder = configFolder();
    const file = folder.write('rules.yml', text);
    const checked = await promisify(execFile)(binary('promtool'), [
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      file,
    ]);
    expect(`${checked.stdout}${checked.stderr}`.trim()).toBe(
      `Checking ${file}\n  SUCCESS: ${written.length} rules found`,
    );

    const config = JSON.stringify({ global: { evaluation_interval: '1s' }, rule_files: [file] });
    await using prometheus = await startPrometheus({ config });
    const { value: rules } = await until('every rule judged', async () => {
      const all = (await groupsOf(prometheus.url)).flatMap((group) => group.rules);
      return all.length > 0 && all.every(({ health }) => health !== 'unknown') ? all : undefined;
    });
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const identities = (all: readonly { readonly name: string; readonly labels?: Labels | undefined }[]) =>
      all.map(({ name, labels = {} }) => `${name} ${labelsKey(labels)}`).sort();
    expect(identities(rules)).toEqual(identities(written.map(({ alert: name, labels }) => ({ name, labels }))));
  });
});

it('a window is covered also where Prometheus scrapes less often than the target is probed', async () => {
  const fromMs = Date.UTC(2026, 0, 15, 12);
  const labels = { job: 'outrider', instance: 'jobs', target: 'jobs' };
  const points = Array.from({ length: 30 }, (_, at) => ({
    name: 'outrider_queue_clients',
    labels,
    atMs: fromMs + at * 60_000 + 1000,
    value: at,
  }));
  await using prometheus = await startRecorded(points);
  const formula = formulaOf(whenOf('max(clients) over 10m > 20'), subjectWith());
  const [series] = await prometheus.query(formula?.expr ?? '', {
    fromMs: fromMs + 5000,
    toMs: fromMs + 29 * 60_000 + 5000,
    stepMs: 60_000,
  });
  expect([...(series?.values.values() ?? [])]).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29]);
});

interface ShownAlert {
  readonly alertname: string;
  readonly state: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

it('a real Prometheus fires the daemon’s alerts under the same labels, by either file', async () => {
  await using server = await startHttpServer((_, response) => response.end('{"pool":0.93,"queues":[1,2]}'));
  const config = JSON.stringify({
    service: 'shop',
    labels: { env: 'test' },
    defaults: { interval: '1s', timeout: '500ms' },
    targets: [
      {
        name: 'api',
        type: 'http',
        url: `http://127.0.0.1:${server.port}/`,
        labels: { team: 'core' },
        measure: { pool: { json: '$.pool', unit: 'ratio' } },
        alerts: [
          {
            name: 'PoolFull',
            when: 'pool > 80%',
            labels: { page: 'no' },
            summary:
              '{{ value }} of the pool of {{ target }} ({{ labels.team }}, {{ labels.severity }}); {{ threshold }} is too much',
          },
          { name: 'PoolHigh', when: 'avg(pool) over 5s > 90% and absent(redirects) and up == 1' },
        ],
      },
      { name: 'gone', type: 'redis', url: 'redis://127.0.0.1:1', startup_grace: '0s' },
    ],
  });
  await using daemon = await startOutrider(config);
  using folder = configFolder();
  const files = await Promise.all(
    [[], ['--independent']].map(async (flags) => {
      const { code, stdout, stderr } = await outrider(['rules', ...flags, '-c', daemon.configFile]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return folder.write(`rules${flags.join('')}.yml`, stdout);
    }),
  );
  await using prometheus = await startPrometheus({
    config: JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: files,
      scrape_configs: [
        { job_name: 'outrider', honor_labels: true, static_configs: [{ targets: [new URL(daemon.url).host] }] },
      ],
    }),
  });
  const names = ['PoolFull', 'RedisDown'];
  const { value: own } = await until('both alerts of the daemon', async () => {
    const alerts = (await daemon.json<readonly ShownAlert[]>('/api/v1/alerts')).filter(
      ({ alertname, state }) => names.includes(alertname) && state === 'firing',
    );
    return alerts.length === names.length ? alerts : undefined;
  });
  const firing = (groups: readonly ShownGroup[]) =>
    groups
      .flatMap(({ rules }) => rules)
      .flatMap(({ alerts }) => alerts)
      .filter(({ state, labels }) => state === 'firing' && names.includes(labels['alertname'] ?? ''));
  const { value: theirs } = await until('both alerts twice', async () => {
    const groups = await groupsOf(prometheus.url);
    const said = firing(groups.filter(({ name }) => name === 'outrider shop'));
    const judged = firing(groups.filter(({ name }) => name !== 'outrider shop'));
    return said.length === names.length && judged.length === names.length ? { said, judged } : undefined;
  });
  const sorted = (alerts: readonly { readonly labels: Labels; readonly annotations: Labels }[]) =>
    alerts
      .map(({ labels, annotations }) => ({ labels, summary: annotations['summary'] }))
      .sort((a, b) => ((a.labels['alertname'] ?? '') < (b.labels['alertname'] ?? '') ? -1 : 1));
  expect(sorted(own)).toMatchObject([
    {
      labels: { alertname: 'PoolFull', service: 'shop', target: 'api', env: 'test', team: 'core', page: 'no' },
      summary: '93% of the pool of api (core, P2); 80% is too much',
    },
    { labels: { alertname: 'RedisDown' }, summary: 'Redis gone is down' },
  ]);
  expect(sorted(theirs.said)).toEqual(sorted(own));
  expect(sorted(theirs.judged)).toEqual(sorted(own));
});
