import { describe, expect, it } from 'vitest';
import type { MeasureSpec } from '../../../src/core/measure.ts';
import { formulaOf } from '../../../src/generate/rules/promql.ts';
import { probeTypeOf } from '../../../src/probe/registry.ts';
import { subjectWith, whenOf } from './subject.ts';

/** Of the made-up target: `queue_lag{…}` stands for `outrider_queue_lag{target="jobs",…}`. */
const short = (expr: string | undefined): string | undefined =>
  expr?.replaceAll('outrider_queue_', 'queue_').replaceAll(/target="jobs",?/g, '');

const formula = (when: string) => formulaOf(whenOf(when), subjectWith());

describe('a measure', () => {
  it('is the series of its target, without what the scrape adds', () => {
    expect(formula('clients > 5')).toEqual({ expr: 'max(outrider_queue_clients{target="jobs"}) > 5', labels: [] });
  });

  it('keeps the labels that tell its instances apart', () => {
    expect(formula('lag > 5')).toEqual({
      expr: 'max by (group, topic) (outrider_queue_lag{target="jobs"}) > 5',
      labels: ['group', 'topic'],
    });
  });

  it.each([
    ['connections_used >= 80%', 'max(queue_connections_used_ratio{}) >= 0.8'],
    ['connections_used < 0.1%', 'max(queue_connections_used_ratio{}) < 0.001'],
    ['memory_used < 2GiB', 'max(queue_memory_used_bytes{}) < 2147483648'],
    ['transaction_id_age > 1e22', 'max(queue_transaction_id_age{}) > 1e+22'],
    ['longest_query != 5m', 'max(queue_longest_query_seconds{}) != 300'],
    ['deadlocks == 0', 'max by (database) (queue_deadlocks_total{}) == 0'],
    ['lag_status > WARN', 'max by (group) (queue_lag_status{}) > 1'],
    ['lag_status != OK', 'max by (group) (queue_lag_status{}) != 0'],
    ['failed == 1', 'max(1 - queue_up{}) == 1'],
  ])('is compared in base units: %s', (when, expr) => {
    expect(short(formula(when)?.expr)).toBe(expr);
  });

  it.each([
    ['lag{group=workers} > 5', '{group="workers"}'],
    ['lag{group=~"a|b",topic!=x} > 5', '{group=~"a|b",topic!="x"}'],
    [String.raw`lag{group!~"a\d+"} > 5`, String.raw`{group!~"a\\d+"}`],
    [String.raw`lag{group="it's \"one\""} > 5`, String.raw`{group="it's \"one\""}`],
  ])('is matched as Prometheus writes it: %s', (when, matchers) => {
    expect(short(formula(when)?.expr)).toBe(`max by (group, topic) (queue_lag${matchers}) > 5`);
  });

  it('is found whatever its target is called', () => {
    const subject = subjectWith({ target: { name: 'a "b"\\', type: 'queue', intervalMs: 15_000 } });
    expect(formulaOf(whenOf('clients > 5'), subject)?.expr).toBe(
      String.raw`max(outrider_queue_clients{target="a \"b\"\\"}) > 5`,
    );
  });
});

describe('a metric goes by the name that /metrics has', () => {
  const named = (type: string, when: string, exporterNames: boolean): string | undefined => {
    const { measures } = probeTypeOf(type);
    return formulaOf(
      whenOf(when),
      subjectWith({ target: { name: 'x', type, intervalMs: 15_000 }, exporterNames }, measures),
    )?.expr;
  };

  it.each([
    ['redis', 'memory_used > 1GB', 'redis_memory_used_bytes{target="x"}', 'outrider_redis_memory_used_bytes'],
    ['redis', 'max(keys) > 5', 'redis_db_keys{target="x"}', 'outrider_redis_keys'],
    ['postgres', 'up == 0', 'pg_up{target="x"}', 'outrider_postgres_up'],
    [
      'http',
      'connect > 1s',
      'probe_http_duration_seconds{target="x",phase="connect"}',
      'outrider_http_connect_seconds',
    ],
    ['http', 'failed == 1', '1 - probe_success{target="x"}', '1 - outrider_http_up'],
    ['kafka', 'duration > 1s', 'outrider_kafka_duration_seconds{target="x"}', 'outrider_kafka_duration_seconds'],
  ])('%s: %s', (type, when, exporters, own) => {
    expect(named(type, when, true)).toContain(`(${exporters})`);
    expect(named(type, when, false)).toContain(`(${own}{target="x"})`);
  });

  it('also where the config defines the measure', () => {
    const [, own] = probeTypeOf('http').measures;
    const measure: MeasureSpec = {
      ...(own ?? { kind: 'gauge', help: '' }),
      name: 'pool',
      unit: 'ratio',
      metric: { name: 'outrider_measure', labels: { measure: 'pool' } },
    };
    const subject = subjectWith({}, [measure]);
    expect(short(formulaOf(whenOf('pool > 5%'), subject)?.expr)).toBe('max(outrider_measure{measure="pool"}) > 0.05');
  });
});

describe('a window', () => {
  it.each([
    ['avg(error_ratio) over 5m > 5%', 'avg_over_time(queue_error_ratio{}[5m])', 10, '5m'],
    ['min(error_ratio) over 10m > 5%', 'min_over_time(queue_error_ratio{}[10m])', 20, '10m'],
    ['max(error_ratio) over 1h30m > 5%', 'max_over_time(queue_error_ratio{}[1h30m])', 180, '1h30m'],
    ['sum(error_ratio) over 1m15s > 5%', 'sum_over_time(queue_error_ratio{}[1m15s])', 5, '1m15s'],
    ['p50(error_ratio) over 5m > 5%', 'quantile_over_time(0.5, queue_error_ratio{}[5m])', 10, '5m'],
    ['p90(error_ratio) over 5m > 5%', 'quantile_over_time(0.9, queue_error_ratio{}[5m])', 10, '5m'],
    ['p95(error_ratio) over 5m > 5%', 'quantile_over_time(0.95, queue_error_ratio{}[5m])', 10, '5m'],
    ['p99(error_ratio) over 5m > 5%', 'quantile_over_time(0.99, queue_error_ratio{}[5m])', 10, '5m'],
    ['predict(error_ratio) over 6h in 24h > 5%', 'predict_linear(queue_error_ratio{}[6h], 86400)', 720, '6h'],
  ])('has a value once it is half covered: %s', (when, call, needed, over) => {
    const covered = `count_over_time(queue_error_ratio{}[${over}:15s]) >= ${needed}`;
    expect(short(formula(when)?.expr)).toBe(`max(${call} and ${covered}) > 0.05`);
  });

  it.each([
    ['rate(evicted) over 5m > 6/m', 'rate(queue_evicted_total{}[5m])', 0.1],
    ['increase(evicted) over 5m > 5', 'increase(queue_evicted_total{}[5m])', 5],
  ])('of a counter: %s', (when, call, value) => {
    const covered = 'count_over_time(queue_evicted_total{}[5m:15s]) >= 10';
    expect(short(formula(when)?.expr)).toBe(`max(${call} and ${covered}) > ${value}`);
  });

  it('with an odd number of turns is covered by more than half of them', () => {
    expect(formula('max(clients) over 3m15s > 1')?.expr).toContain('[3m15s:15s]) >= 7)');
  });

  it.each([
    ['avg', '(count_over_time(queue_up{}[5m]) - sum_over_time(queue_up{}[5m])) / count_over_time(queue_up{}[5m])'],
    ['sum', 'count_over_time(queue_up{}[5m]) - sum_over_time(queue_up{}[5m])'],
    ['min', '1 - max_over_time(queue_up{}[5m])'],
    ['max', '1 - min_over_time(queue_up{}[5m])'],
    ['p90', 'quantile_over_time(0.9, (1 - queue_up{})[5m:15s])'],
  ])('of failures, which have no series, is one of successes: %s', (fn, call) => {
    expect(short(formula(`${fn}(failed) over 5m > 50%`)?.expr)).toBe(
      `max(${call} and count_over_time(queue_up{}[5m:15s]) >= 10) > 0.5`,
    );
  });

  it('is compared with the same hour of seven days', () => {
    const expr = short(formula('deviation(duration) over 15m > 50%')?.expr) ?? '';
    const day = (offset: string, number: number) =>
      `label_replace(last_over_time(avg_over_time(queue_duration_seconds{}[1h])[1h:1h] offset ${offset}), "day", "${number}", "", "")`;
    expect(expr.split('\n')).toEqual([
      'max(avg_over_time(queue_duration_seconds{}[15m]) / (avg without (day) (',
      day('23h', 1),
      ...['47h', '71h', '95h', '119h', '143h', '167h'].map((offset, index) => `or ${day(offset, index + 2)}`),
      ') != 0) - 1 and count_over_time(queue_duration_seconds{}[15m:15s]) >= 30) > 0.5',
    ]);
  });
});

it.each([
  ['sum(lag) > 5', 'sum(max by (group, topic) (queue_lag{})) > 5', []],
  ['max(lag) by (group) > 5', 'max by (group) (max by (group, topic) (queue_lag{})) > 5', ['group']],
  ['avg(lag{group=a}) by (topic) > 5', 'avg by (topic) (max by (group, topic) (queue_lag{group="a"})) > 5', ['topic']],
])('instances are joined, each counted once however many jobs scrape it: %s', (when, expr, labels) => {
  expect(short(formula(when)?.expr)).toBe(expr);
  expect(formula(when)?.labels).toEqual(labels);
});

describe('two sides', () => {
  it.each([
    [
      'connections{state=idle} / sum(connections) > 50%',
      'max by (state) (queue_connections{state="idle"}) / on () group_left () (sum(max by (state) (queue_connections{})) != 0) > 0.5',
    ],
    [
      'lag / group_members > 10',
      'max by (group, topic) (queue_lag{}) / on (group) group_left () (max by (group) (queue_group_members{}) != 0) > 10',
    ],
    [
      'lag{group=a} / lag{group=b} > 2',
      'max by (group, topic) (queue_lag{group="a"}) / on (topic) group_left () (max by (group, topic) (queue_lag{group="b"}) != 0) > 2',
    ],
    ['age > due', 'max(queue_age_seconds{}) > on () group_left () max(queue_due_seconds{})'],
    [
      'lag > group_members',
      'max by (group, topic) (queue_lag{}) > on (group) group_left () max by (group) (queue_group_members{})',
    ],
  ])('pair by the labels that are free in the right one: %s', (when, expr) => {
    expect(short(formula(when)?.expr)).toBe(expr);
  });
});

describe('several tests', () => {
  it.each([
    [
      'certificate_expires_in < 14d and certificate_lifetime_left < 25%',
      [
        'max(queue_certificate_expires_in_seconds{}) < 1209600',
        'and on () max(queue_certificate_lifetime_left_ratio{}) < 0.25',
      ],
    ],
    [
      'lag > 1000 and group_members == 0',
      ['max by (group, topic) (queue_lag{}) > 1000', 'and on (group) max by (group) (queue_group_members{}) == 0'],
    ],
    [
      'lag > 1000 and lag{topic=a} > 5 and clients > 1',
      [
        'max by (group, topic) (queue_lag{}) > 1000',
        'and on (group) max by (group, topic) (queue_lag{topic="a"}) > 5',
        'and on () max(queue_clients{}) > 1',
      ],
    ],
    ['down and lag > 5', ['max by (group, topic) (queue_lag{}) > 5', 'and on () max(outrider_target_up{}) == 0']],
  ])('join by the labels that both have: %s', (when, lines) => {
    expect(short(formula(when)?.expr)?.split('\n')).toEqual(lines);
  });

  it.each([
    [
      'group_members == 0 and lag > 5 and clients > 1',
      ['group', 'topic'],
      [
        '0 * (max by (group, topic) (queue_lag{}) > 5)',
        '+ on (group) group_left () (max by (group) (queue_group_members{}) == 0)',
        'and on () max(queue_clients{}) > 1',
      ],
    ],
    [
      'down and connections{state=idle} > 5',
      [],
      [
        '0 * (max(outrider_target_up{}) == 0)',
        '+ on () group_left () (max by (state) (queue_connections{state="idle"}) > 5)',
      ],
    ],
  ])(
    'have the labels of the first that tells most instances apart, and the value of the first comparison: %s',
    (when, labels, lines) => {
      expect(formula(when)?.labels).toEqual(labels);
      expect(short(formula(when)?.expr)?.split('\n')).toEqual(lines);
    },
  );
});

describe('tests without a comparison', () => {
  const answers = 'and on () max(queue_up{}) == 1 and on () max(outrider_target_up{}) == 1';
  it.each([
    ['down', 'max(outrider_target_up{}) == 0', []],
    ['absent(replication_lag)', `max(absent(queue_replication_lag_seconds{})) ${answers}`, []],
    ['absent(lag{group=a})', `max by (group) (absent(queue_lag{group="a"})) ${answers}`, ['group']],
    ['absent(lag{group=~"a.*"})', `max(absent(queue_lag{group=~"a.*"})) ${answers}`, []],
  ])('%s', (when, expr, labels) => {
    expect(short(formula(when)?.expr)).toBe(expr);
    expect(formula(when)?.labels).toEqual(labels);
  });

  it.each(['flapping', 'burning', 'clients > 5 and flapping'])(
    'have no formula where no metrics tell them: %s',
    (when) => {
      expect(formula(when)).toBeUndefined();
    },
  );
});
