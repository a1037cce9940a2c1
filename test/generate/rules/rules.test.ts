import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ruleFile } from '../../../src/generate/rules/rule.ts';
import { independentRulesText, rulesText } from '../../../src/generate/rules/rules.ts';
import { goodConfig } from '../../support/config-folder.ts';

interface WrittenRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface WrittenFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval?: string;
    readonly rules: readonly WrittenRule[];
  }[];
}

async function written(config: string, which: typeof rulesText): Promise<{ text: string; file: WrittenFile }> {
  const text = which(await goodConfig(config));
  return { text, file: parse(text, { version: '1.1' }) as WrittenFile };
}

/** The rules of one alert, of any target. */
async function rulesOf(alert: string, config: string, which: typeof rulesText): Promise<readonly WrittenRule[]> {
  const { file } = await written(config, which);
  return file.groups.flatMap(({ rules }) => rules).filter((rule) => rule.alert === alert);
}

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

/** Only where Outrider itself sends nothing to Alertmanager, with the label that it would give. */
const NOT_SENT = ' * on (service) group_left (pager) topk by (service) (1, outrider_sender_info{sender!="outrider"})';

/** What fires, and what was told before it was silenced. */
const said = (matchers: string, alert: string): string => {
  const told = `ALERTS{alertname="${alert}",alertstate="firing"}`;
  const of = (state: string) => `outrider_alerts{alertname="${alert}",${matchers},state="${state}"}`;
  return `(${of('firing')} or ${of('silenced')} and ignoring (instance, job, state, alertstate, pager) ${told})${NOT_SENT}`;
};

describe('the rules over what the daemon says', () => {
  const TWO = `
service: shop
targets:
  - { name: a, type: redis, url: "redis://a" }
  - name: b
    type: redis
    url: redis://b
    alerts: [{ name: RedisSlow, summary: "{{ target }} is slow" }]
`;

  it('are one for each name, and let the labels of the alert pass', async () => {
    expect(await rulesOf('RedisDown', TWO, rulesText)).toEqual([
      {
        alert: 'RedisDown',
        expr: `max without (instance, job, state) (${said('service="shop"', 'RedisDown')})`,
        keep_firing_for: '1m',
        annotations: { summary: 'Redis {{ $labels.target }} is down' },
      },
    ]);
  });

  it('are one for each target where the targets’ texts differ', async () => {
    const expr = (target: string) =>
      `max without (instance, job, state) (${said(`service="shop",target="${target}"`, 'RedisSlow')})`;
    expect(await rulesOf('RedisSlow', TWO, rulesText)).toMatchObject([
      { expr: expr('a'), labels: { target: 'a' } },
      { expr: expr('b'), labels: { target: 'b' }, annotations: { summary: '{{ $labels.target }} is slow' } },
    ]);
  });

  it('show the value that the daemon compares', async () => {
    const [rule] = await rulesOf('RedisMemoryHigh', TWO, rulesText);
    expect(rule?.annotations['summary']).toBe(
      String.raw`Redis {{ $labels.target }} uses {{ with printf "outrider_alert_value{alertname=\"RedisMemoryHigh\",service=\"shop\",target=%q,severity=%q}" $labels.target $labels.severity | query }}{{ . | first | value | humanizePercentage }}{{ else }}?{{ end }} of its memory and may not evict`,
    );
  });

  it('leave a label `pager` of the config as it is', async () => {
    const config = 'service: shop\nlabels: { pager: own }\ntargets: [{ name: a, type: redis, url: "redis://a" }]\n';
    const [rule] = await rulesOf('RedisDown', config, rulesText);
    expect(rule?.expr).toContain('group_left ()');
  });

  it('tell what Outrider says of itself', async () => {
    for (const which of [rulesText, independentRulesText])
      for (const alert of ['OutriderImpaired', 'OutriderStoreFailing'])
        expect(await rulesOf(alert, TWO, which)).toMatchObject([{ expr: expect.stringContaining(alert) }]);
  });

  it('name the page of a built-in alert, where the config names none and the pages’ place is given', async () => {
    const config = `
service: shop
targets:
  - { name: a, type: redis, url: "redis://a", alerts: [{ name: Own, when: clients > 5 }] }
  - { name: b, type: kafka, brokers: ["b:9092"], runbook: "https://wiki.example/b" }
`;
    const text = rulesText(await goodConfig(config), 'https://runbooks.example/');
    const rules = (parse(text, { version: '1.1' }) as WrittenFile).groups.flatMap((group) => group.rules);
    const page = (name: string) => rules.find(({ alert }) => alert === name)?.annotations['runbook_url'];
    expect(page('RedisDown')).toBe('https://runbooks.example/RedisDown.md');
    expect(page('OutriderImpaired')).toBe('https://runbooks.example/OutriderImpaired.md');
    expect(page('KafkaDown')).toBe('https://wiki.example/b');
    expect(page('Own')).toBeUndefined();
  });

  it('tell an instance by its own labels, also by one that is named as the alert’s state', async () => {
    const config = `
service: "100%"
labels: { job: own }
targets:
  - name: a
    type: postgres
    url: postgres://u:p@a/d
    alerts: [{ name: Own, when: connections > 5, summary: "{{ labels.state }} {{ value }}" }]
`;
    const [rule] = await rulesOf('Own', config, rulesText);
    const of = (state: string) =>
      `label_replace(outrider_alerts{alertname="Own",service="100%",state="${state}"}, "state", "$1", "exported_state", "(.*)")`;
    const told = 'ignoring (instance, exported_state, alertstate, pager) ALERTS{alertname="Own",alertstate="firing"}';
    expect(rule?.expr).toBe(
      `max without (instance, exported_state) ((${of('firing')} or ${of('silenced')} and ${told})${NOT_SENT})`,
    );
    expect(rule?.annotations['summary']).toBe(
      String.raw`{{ $labels.state }} {{ with printf "outrider_alert_value{alertname=\"Own\",service=\"100%%\",target=%q,severity=%q,state=%q}" $labels.target $labels.severity $labels.state | query }}{{ . | first | value | humanize }}{{ else }}?{{ end }}`,
    );
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
