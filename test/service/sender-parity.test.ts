import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Labels, labelsKey } from '../../src/core/labels.ts';
import { goodConfig } from '../support/config-folder.ts';
import { startRecorded } from '../support/recorded.ts';
import { type Act, BEGIN_MS, type Faring, recordHour, SCRAPE_MS, type Told } from '../support/recorded-hour.ts';
import { matcher } from '../support/scenario.ts';

const CONFIG = `
service: shop
sender: prometheus
labels: { env: test }
startup_grace: 0s
targets:
  - { name: web, type: http, url: "http://web:1/", depends_on: [api] }
  - { name: api, type: http, url: "http://api:1/", critical: true, depends_on: [database, cache] }
  - name: database
    type: postgres
    url: postgres://u:p@database/shop
    alerts: [{ name: PostgresConnectionsHigh, raise: [{ after: 5m, severity: P1 }] }]
  - { name: cache, type: redis, url: "redis://cache" }
  - name: jobs
    type: kafka
    brokers: ["jobs:9092"]
    alerts: [{ name: FewBrokers, when: brokers < 3, severity: P3 }]
notify:
  alertmanager: { urls: ["http://alertmanager:9093"] }
  ops: { type: pagerduty, routing_key: e93facc04764012d7bfb002500d5d1a6 }
`;

const WELL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  database: { connections_used: 0.4 },
  cache: { memory_used_ratio: 0.3, eviction: 2 },
  jobs: { brokers: 3 },
};

interface Fault {
  readonly target: string;
  readonly from: number;
  readonly to: number;
  readonly faring: Faring;
}
/** Seconds of the hour. */
const FAULTS: readonly Fault[] = [
  { target: 'database', from: 300, to: 480, faring: 'down' },
  { target: 'api', from: 300, to: 510, faring: 'down' },
  { target: 'web', from: 300, to: 510, faring: 'down' },
  { target: 'cache', from: 700, to: 760, faring: 'down' },
  { target: 'cache', from: 900, to: 2100, faring: { memory_used_ratio: 0.97, eviction: 2 } },
  { target: 'database', from: 1200, to: 2400, faring: { connections_used: 0.9 } },
  { target: 'api', from: 1500, to: 2700, faring: { duration: 2 } },
  { target: 'jobs', from: 2000, to: 2150, faring: 'down' },
  { target: 'jobs', from: 2300, to: 2400, faring: 'down' },
  { target: 'web', from: 2800, to: 2900, faring: 'down' },
  { target: 'jobs', from: 2900, to: 3300, faring: { brokers: 2 } },
  ...[3000, 3060, 3120, 3180, 3240].map((from) => ({ target: 'cache', from, to: from + 20, faring: 'down' as const })),
  { target: 'web', from: 3500, to: 3600, faring: 'down' },
];
const fares = (target: string, seconds: number): Faring =>
  FAULTS.find((fault) => fault.target === target && fault.from <= seconds && seconds < fault.to)?.faring ??
  WELL[target] ??
  {};

const upTo = (nowMs: number, seconds: number) => ({ startsAtMs: nowMs, endsAtMs: nowMs + seconds * 1000 });
const ACTS: readonly Act[] = [
  {
    atSeconds: 1900,
    act({ mutes }, nowMs) {
      mutes.plan({ name: 'upgrade', targets: ['jobs'], groups: [], matchers: [], ...upTo(nowMs, 300) }, nowMs);
      return undefined;
    },
  },
  {
    atSeconds: 2750,
    act({ mutes }, nowMs) {
      const about = { matchers: [matcher('target', 'web')], createdBy: 'alice', comment: 'known' };
      mutes.silence({ ...about, ...upTo(nowMs, 300) }, nowMs);
      return undefined;
    },
  },
  {
    atSeconds: 100,
    act({ pipeline }, nowMs) {
      const labels = { alertname: 'DiskFull', service: 'shop', target: 'elsewhere', severity: 'P2' };
      const disk = { labels, annotations: {}, startsAtMs: nowMs, endsAtMs: nowMs + 3_600_000, generatorUrl: undefined };
      return pipeline.onReceived([disk], { monoMs: nowMs - BEGIN_MS, wallMs: nowMs });
    },
  },
];

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly keep_firing_for?: string }[];
  }[];
}
const RULES = (
  parse(readFileSync(join(import.meta.dirname, '../../alerts/targets.rules.yml'), 'utf8'), { version: '1.1' }) as Rules
).groups
  .flatMap(({ rules }) => rules)
  .filter(({ alert }) => alert !== 'OutriderWatchdog');

/** A rule goes on for a minute, as the daemon's milder severity does beside the graver. */
const KEPT_MS = 60_000;

/** The labels that an alert of the daemon has in Prometheus. */
function inPrometheus(labels: Labels): Labels {
  const { alertname = '' } = labels;
  const known = RULES.some(({ alert }) => alert === alertname);
  return { ...labels, ...(known ? {} : { alertname: 'OutriderCustomAlert', alert: alertname }), pager: 'outrider' };
}

const withoutSeverity = (key: string): string => key.replace(/\["severity","P\d"\],?/, '');

const toldAt = ({ firing }: Told): readonly string[] =>
  [...firing.values()].map((labels) => labelsKey(inPrometheus(labels))).sort();

describe('with `sender: prometheus`, over an hour with faults', () => {
  it('the bundled rules fire when the daemon tells, with the same labels, and at no other time', async () => {
    const { points, told } = recordHour(await goodConfig(CONFIG), fares, ACTS);
    expect(new Set(RULES.map((rule) => rule.keep_firing_for))).toEqual(new Set(['1m']));
    await using prometheus = await startRecorded(points, ['--query.lookback-delta=10s']);
    const range = { fromMs: told[0]?.atMs ?? 0, toMs: told.at(-1)?.atMs ?? 0, stepMs: SCRAPE_MS };
    const fired = new Map<number, string[]>();
    for (const { alert, expr } of RULES)
      for (const { labels, values } of await prometheus.query(expr, range))
        for (const atMs of values.keys()) {
          const { alertname: _, ...own } = labels;
          fired.set(atMs, [...(fired.get(atMs) ?? []), labelsKey({ ...own, alertname: alert })]);
        }
    const keptAt = (atMs: number) =>
      new Set(
        Array.from({ length: KEPT_MS / SCRAPE_MS + 1 }, (_, ago) => fired.get(atMs - ago * SCRAPE_MS) ?? []).flat(),
      );
    const differences = told.flatMap((each) => {
      const daemon = toldAt(each);
      const now = fired.get(each.atMs) ?? [];
      const early = now.filter((key) => !daemon.includes(key));
      // What was raised between two scrapes was never seen at its milder severity: the trouble fires all the same.
      const isRaised = (key: string) => now.some((other) => withoutSeverity(other) === withoutSeverity(key));
      const missed = daemon.filter((key) => !keptAt(each.atMs).has(key) && !isRaised(key));
      return early.length + missed.length === 0 ? [] : [{ second: (each.atMs - BEGIN_MS) / 1000, early, missed }];
    });
    expect(differences).toEqual([]);
    const names = [...new Set(told.flatMap(({ firing }) => [...firing.values()].map(nameOf)))].sort();
    expect(names).toEqual([
      'FewBrokers/jobs P3',
      'HttpDown/web P1',
      'HttpSlow/api P2',
      'KafkaDown/jobs P1',
      'PostgresConnectionsHigh/database P1',
      'PostgresConnectionsHigh/database P2',
      'PostgresDown/database P0',
      'PostgresDown/database P1',
      'RedisDown/cache P1',
      'RedisMemoryExhausted/cache P1',
    ]);
    expect(told.filter(({ firing }) => firing.size === 0).length).toBeGreaterThan(40);
  });
});

const nameOf = ({ alertname, target, severity }: Labels): string => `${alertname}/${target} ${severity}`;
