import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { independentRulesText, rulesText } from '../../../src/generate/rules/rules.ts';
import { goodConfig } from '../../support/config-folder.ts';
import { rulesOf, type WrittenFile } from './written.ts';

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
