import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ruleFile } from '../../../src/generate/rules/rule.ts';
import { independentRulesText } from '../../../src/generate/rules/rules.ts';
import { rulesOf, written } from './written.ts';

const SHOP = `
service: shop
labels: { env: production }
targets:
  - name: jobs
    type: kafka
    brokers: [kafka:9092]
    interval: 20s
    labels: { team: core, topic: of-the-target }
    runbook: https://runbooks.example.com/kafka
    dashboard: https://grafana.example.com/d/kafka
    alerts:
      - name: Backlog
        when: lag{group=workers} > 1000
        for: 5m
        keep_firing_for: 2m
        severity: P2
        raise: [{ after: 10m, severity: P1 }, { after: 1h, severity: P0 }]
        labels: { page: "yes" }
        summary: "{{ labels.group }} has {{ value }} of {{ threshold }} in {{ labels.topic }} of {{ target }} ({{ labels.team }}, {{ labels.none }})"
        description: "{{value}}"
        runbook: https://runbooks.example.com/backlog
      - { name: Odd, when: flapping, for: 1m, keep_firing_for: 5m }
      - { name: Stuck, when: group_state >= Empty, summary: "{{ value }}" }
`;

describe('the rules of every alert’s own formula', () => {
  it('have the alert’s labels and texts, judged as often as the target is probed', async () => {
    const { file } = await written(SHOP, independentRulesText);
    const [group] = file.groups;
    expect(group).toMatchObject({ name: 'outrider shop jobs', interval: '20s' });
    expect(group?.rules.find(({ alert }) => alert === 'Backlog')).toEqual({
      alert: 'Backlog',
      expr: 'max by (group, topic) (outrider_kafka_lag{target="jobs",group="workers"}) > 1000',
      for: '5m',
      keep_firing_for: '2m',
      labels: {
        env: 'production',
        team: 'core',
        page: 'yes',
        service: 'shop',
        target: 'jobs',
        type: 'kafka',
        severity: 'P2',
      },
      annotations: {
        summary: '{{ $labels.group }} has {{ $value | humanize }} of 1000 in {{ $labels.topic }} of jobs (core, )',
        description: '{{ $value | humanize }}',
        runbook_url: 'https://runbooks.example.com/backlog',
        runbook: 'https://runbooks.example.com/backlog',
        dashboard_url: 'https://grafana.example.com/d/kafka',
      },
    });
  });

  it('rise with the alert', async () => {
    const rules = await rulesOf('Backlog', SHOP, independentRulesText);
    expect(rules).toMatchObject([
      { for: '5m', labels: { severity: 'P2' } },
      { for: '15m', labels: { severity: 'P1' } },
      { for: '1h5m', labels: { severity: 'P0' } },
    ]);
    expect(new Set(rules.map(({ expr }) => expr)).size).toBe(1);
  });

  it('follow the daemon where no metrics tell the condition, and say so', async () => {
    const [rule] = await rulesOf('Odd', SHOP, independentRulesText);
    expect(rule).toMatchObject({
      expr: 'max(outrider_alerts{alertname="Odd",service="shop",target="jobs",state=~"pending|firing|suppressed|silenced"})',
      for: '1m',
      labels: { severity: 'P2' },
    });
    expect(rule).not.toHaveProperty('keep_firing_for');
    const { text } = await written(SHOP, independentRulesText);
    expect(text).toContain('# Odd: no metrics tell "flapping"; this follows what Outrider judges');
  });

  it('tell a measure that could not be had by its name', async () => {
    const [rule] = await rulesOf('MeasureMissing', SHOP, independentRulesText);
    expect(rule?.expr).toMatch(/^max by \(measure\) \(outrider_alerts\{alertname="MeasureMissing"/);
  });

  it('show the word of a state', async () => {
    const [rule] = await rulesOf('Stuck', SHOP, independentRulesText);
    expect(rule?.annotations['summary']).toMatch(
      /^\{\{ \$word := \$value \}\}\{\{ if eq \$word 0\.0 \}\}Stable\{\{ else if eq \$word 1\.0 \}\}.*Dead\{\{ end \}\}$/,
    );
  });

  it('leave a paused target and an alert that is off alone', async () => {
    const config = `
service: shop
targets:
  - { name: a, type: redis, url: "redis://a", builtin_alerts: down }
  - { name: b, type: redis, url: "redis://b", enabled: false }
  - { name: c, type: redis, url: "redis://c", builtin_alerts: none }
`;
    const { file } = await written(config, independentRulesText);
    expect(file.groups.map(({ name }) => name)).toEqual(['outrider shop a', 'outrider shop: itself']);
    expect(file.groups[0]?.rules.map(({ alert }) => alert)).toContain('RedisDown');
  });

  it('go by the names that `metrics.exporter_names` leaves', async () => {
    const config = `
service: shop
metrics: { exporter_names: [http] }
targets: [{ name: a, type: redis, url: "redis://a" }, { name: b, type: http, url: "http://b" }]
`;
    const { text } = await written(config, independentRulesText);
    expect(text).toContain('outrider_redis_memory_used_ratio{target="a"}');
    expect(text).toContain('rate(outrider_redis_evicted_total{target="a"}[10m])');
    expect(text).toContain('probe_duration_seconds{target="b"}');
    expect(text).not.toContain('redis_evicted_keys_total');
  });

  it.each([
    ['avg(duration) over 5m > 1s', '{{ $value | humanizeDuration }}'],
    ['connections_used > 80%', '{{ $value | humanizePercentage }}'],
    ['max(database_size) > 1GB', '{{ $value | humanize1024 }}B'],
    ['rate(deadlocks) over 5m > 1/s', '{{ $value | humanize }}/s'],
    ['connections / sum(connections) > 50%', '{{ $value | humanize }}'],
    ['sum(database_size) / sum(connections) > 1GB', '{{ $value | humanize1024 }}B'],
    ['down', 'down'],
  ])('show a value in its unit: %s', async (when, summary) => {
    const config = `
service: shop
targets:
  - name: a
    type: postgres
    url: postgres://u:p@a/d
    alerts: [{ name: Own, when: "${when}", summary: "{{ value }}" }]
`;
    const [rule] = await rulesOf('Own', config, independentRulesText);
    expect(rule?.annotations['summary']).toBe(summary);
  });

  it('show as it is what would be a template to Prometheus', async () => {
    const config = `
service: shop
targets:
  - { name: "a {{ b", type: redis, url: "redis://a", labels: { l: "{{ $value }}" }, runbook: "https://a.example/{{x}}" }
`;
    const [rule] = await rulesOf('RedisDown', config, independentRulesText);
    expect(rule?.labels?.['l']).toBe('{{ "{{" }} $value }}');
    expect(rule?.labels?.['target']).toBe('a {{ "{{" }} b');
    expect(rule?.annotations).toMatchObject({
      summary: 'Redis a {{ "{{" }} b is down',
      runbook_url: 'https://a.example/{{ "{{" }}x}}',
    });
  });

  it('make one alert of instances that a label of the alert makes one', async () => {
    const config = `
service: shop
targets:
  - name: a
    type: kafka
    brokers: [a:9092]
    alerts: [{ name: Own, when: lag > 5, labels: { topic: any }, summary: "{{ labels.topic }} {{ labels.group }}" }]
`;
    const [rule] = await rulesOf('Own', config, independentRulesText);
    expect(rule?.expr).toBe('max by (group) (max by (group, topic) (outrider_kafka_lag{target="a"}) > 5)');
    expect(rule?.annotations['summary']).toBe('any {{ $labels.group }}');
  });
});

it('any text in a rule is read back as it was written, also by readers of YAML 1.1', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'yes',
      'NO',
      'on',
      'Off',
      '012',
      '1_000',
      '12:30:00',
      '~',
      '0x1f',
      '.inf',
      '2026-01-01',
      '<<',
      '=',
      ' a',
      'a: b',
      '# c',
      'a\n b\n',
      '{{ x }}',
    ),
  );
  fc.assert(
    fc.property(text, text, (value, note) => {
      const rule = { alert: 'Own', expr: value, labels: { a: value }, annotations: { summary: value } };
      const file = ruleFile([{ name: value, rules: [{ rule, note }] }], note);
      expect(parse(file, { version: '1.1' })).toEqual({ groups: [{ name: value, rules: [rule] }] });
    }),
  );
});
