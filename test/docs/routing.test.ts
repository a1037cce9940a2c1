import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { isWithin, nextOpeningMs, type TimeInterval } from '../../src/core/time-interval.ts';
import { momentOf } from '../../src/core/zone.ts';
import { openRoutes } from '../../src/notify/route.ts';
import { goodConfig, warningsOf } from '../support/config-folder.ts';
import { ALERT } from '../support/receiver.ts';

const PAGE = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8');
const blocks = [...PAGE.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text);
const [first = ''] = blocks;
const ENV = { DATABASE_URL: 'postgres://database/shop', PAGERDUTY_KEY: 'e93facc04764012d7bfb002500d5d1a6' };

/** `Wed 5 May 2027 03:00` in Berlin. */
const berlin = (text: string): number => momentOf('Europe/Berlin', Date.parse(`${text} UTC`));

/** Who is told of an alert of the config, as the page writes it. */
function told(config: Config, name: string, targetName: string, severity: string, wallMs: number) {
  const target = config.targets.find((each) => each.target.name === targetName)?.target;
  const spec = target?.alerts.find((each) => each.name === name);
  if (target === undefined || spec === undefined) throw new Error(`${name} of ${targetName}`);
  expect(spec.severity).toBe(severity);
  const identity = { alertname: name, service: config.service, target: targetName, type: target.type, severity };
  const alert = { ...ALERT, target: targetName, severity: spec.severity, labels: { ...target.labels, ...identity } };
  const receivers = config.receivers.map((each) => ({ name: each.name, type: each.settings.type }));
  return openRoutes({ ...config, receivers, holdOfTarget: () => undefined }).of(alert, wallMs);
}

describe('docs/routing.md', () => {
  it.each(blocks)('shows a config that is good: %j', async (block) => {
    await goodConfig(block, ENV);
  });

  const rows = [...PAGE.matchAll(/^\| `(\w+)` of (\w+), (P\d) \| (\w{3} .*?) \| (.*) \|$/gm)].map(
    ([, name = '', target = '', severity = '', at = '', whom = '']) => ({ name, target, severity, at, whom }),
  );

  it('has such rows', () => expect(rows.length).toBe(7));

  it.each(rows)('tells rightly who is told of $name of $target, $at', async ({ name, target, severity, at, whom }) => {
    const config = await goodConfig(first, ENV);
    const expected = whom.split(', ').map((cell) => {
      const [, receiver, later] = /^`([\w-]+)`(?: at (.*))?$/.exec(cell) ?? [];
      return { receiver, notBeforeMs: later === undefined ? undefined : berlin(later) };
    });
    expect(told(config, name, target, severity, berlin(at))).toEqual(expected);
  });

  const turns = [...PAGE.matchAll(/^\| `([A-Z]\w+\/\w+)` \| (\S+): [^|]+ \| `(\S+)` to `(\S+)` \| `(\S+)` \|$/gm)].map(
    ([, zone = '', day = '', from = '', to = '', opens = '']) => ({ zone, day, from, to, opens }),
  );

  it('tells of days on which clocks are turned', () => expect(turns.length).toBe(5));

  it.each(turns)('tells rightly when $from to $to opens in $zone on $day', ({ zone, day, from, to, opens }) => {
    const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    const interval: TimeInterval = {
      ...{ weekdays: undefined, daysOfMonth: undefined, months: undefined, years: undefined, location: zone },
      times: [{ fromMinute: minutes(from), toMinute: minutes(to) }],
    };
    const midnight = momentOf(zone, Date.parse(`${day}T00:00Z`));
    expect(nextOpeningMs([interval], midnight)).toBe(Date.parse(opens));
    expect(isWithin(interval, Date.parse(opens))).toBe(true);
  });

  it('shows the severities that are in force without any', async () => {
    const shown = blocks.findLast((block) => block.includes('severities:')) ?? '';
    const ours = await goodConfig('service: shop\ntargets: []');
    expect((await goodConfig(shown)).severities).toEqual(ours.severities);
  });

  it('tells rightly what becomes of ranks without a severity', async () => {
    const [, list = ''] = /With `(\[\{ name: P1.*?\])`/.exec(PAGE) ?? [];
    const { targets } = await goodConfig(`${first.replace(/^severities:\n( .*\n)*/m, '')}severities: ${list}\n`, ENV);
    const severities = targets.map(({ target }) => target.alerts.find(({ name }) => name.endsWith('Down'))?.severity);
    expect(severities).toEqual(['P1', 'P2', 'P2']);
  });

  it('is warned of an Alertmanager beside a pager, as it says', async () => {
    expect((await warningsOf(first, ENV)).map((line) => line.replace(/^\d+:\d+: /, ''))).toEqual([
      'notify.alertmanager: pager reaches people too: alerts sent here carry pager="outrider", by which a route of Alertmanager can keep quiet',
      expect.stringContaining('routes: no route matches'),
      expect.stringContaining('routes: no route matches'),
    ]);
  });
});
