import { describe, expect, it } from 'vitest';
import { goodConfig, warningsOf } from '../support/config-folder.ts';

const NOTIFY = `notify:
  am: { type: alertmanager, urls: ["http://localhost:9093"] }
  hook: { type: webhook, url: "http://localhost:8080" }
`;
const shop = (rest: string, target = '') => `service: shop
labels: { env: production }
targets:
  - { name: api, type: http, url: "http://localhost/", builtin_alerts: down, ${target} }
${rest}
`;
const configOf = (rest: string, target?: string) => goodConfig(shop(`${NOTIFY}${rest}`, target));

describe('severities', () => {
  it('are four, unless others are written', async () => {
    const { severities } = await configOf('');
    expect(severities.map(({ name, holdMs, incident }) => [name, holdMs, incident])).toEqual([
      ['P0', 30_000, true],
      ['P1', 60_000, true],
      ['P2', 300_000, true],
      ['P3', 900_000, false],
    ]);
  });

  it('have by default what they do not say', async () => {
    const { severities } = await configOf(
      'severities: [{ name: P1, hold: 0s, alertmanager: critical, to: [am, hook, am] }, { name: P3, incident: true }]',
    );
    expect(severities).toEqual([
      {
        ...{ name: 'P1', acknowledgeWithinMs: 300_000, respondWithinMs: 900_000, resolveWithinMs: 14_400_000 },
        ...{ updateEveryMs: 1_800_000, holdMs: 0, incident: true },
        ...{ alertmanager: 'critical', to: ['am', 'hook'], escalation: undefined },
      },
      {
        ...{ name: 'P3', acknowledgeWithinMs: undefined, respondWithinMs: 'next business day' },
        ...{ resolveWithinMs: 604_800_000, updateEveryMs: undefined, holdMs: 900_000, incident: true },
        ...{ alertmanager: 'P3', to: undefined, escalation: undefined },
      },
    ]);
  });

  it.each([
    ['critical: true', 'P1'],
    ['', 'P2'],
    ['critical: false', 'P2'],
  ])('take the ranks of built-in alerts in order, the last one the rest: %s', async (critical, severity) => {
    const { targets } = await configOf('severities: [{ name: P1 }, { name: P2 }]', critical);
    expect(targets[0]?.target.alerts.map((alert) => alert.severity)).toEqual([severity]);
  });

  it('give an alert of one’s own the third rank', async () => {
    const own = 'alerts: [{ name: Slow, when: duration > 2s }]';
    const severityWith = async (rest: string) =>
      (await configOf(rest, own)).targets[0]?.target.alerts.find(({ name }) => name === 'Slow')?.severity;
    expect(await severityWith('')).toBe('P2');
    expect(await severityWith('severities: [{ name: P0 }, { name: P3 }]')).toBe('P3');
  });

  it('change a target whose alerts change by them', async () => {
    const revisionWith = async (rest: string) => (await configOf(rest)).targets[0]?.revision;
    expect(await revisionWith('severities: [{ name: P0 }]')).not.toBe(await revisionWith(''));
    expect(await revisionWith('severities: [{ name: P0, hold: 1m }, { name: P1 }, { name: P2 }, { name: P3 }]')).toBe(
      await revisionWith(''),
    );
  });
});

it('a target may have a hold of its own', async () => {
  expect((await configOf('', 'hold: 10m')).targets[0]?.target.holdMs).toBe(600_000);
  expect((await configOf('')).targets[0]?.target.holdMs).toBeUndefined();
});

it('time intervals are as in Alertmanager', async () => {
  const { timeIntervals } = await goodConfig(`service: shop
timezone: Europe/Berlin
targets: []
time_intervals:
  some:
    - { times: [{ start_time: 09:00, end_time: "24:00" }], weekdays: [Saturday, "monday : friday"], location: Asia/Kolkata }
    - { days_of_month: [1, "15", "-7:-1", "5:-2"], months: [2, "3:april", december], years: [2027, "2028:2030"] }
    - {}
`);
  const any = { times: undefined, weekdays: undefined, daysOfMonth: undefined, months: undefined, years: undefined };
  const ranges = (...list: readonly (readonly [number, number])[]) => list.map(([from, to]) => ({ from, to }));
  expect(timeIntervals).toEqual({
    some: [
      {
        ...any,
        times: [{ fromMinute: 540, toMinute: 1440 }],
        weekdays: ranges([6, 6], [1, 5]),
        location: 'Asia/Kolkata',
      },
      {
        ...any,
        daysOfMonth: ranges([1, 1], [15, 15], [-7, -1], [5, -2]),
        months: ranges([2, 2], [3, 4], [12, 12]),
        years: ranges([2027, 2027], [2028, 2030]),
        location: 'Europe/Berlin',
      },
      { ...any, location: 'Europe/Berlin' },
    ],
  });
});

describe('a route', () => {
  const INTERVALS = 'time_intervals: { a: [{ weekdays: [monday] }], b: [{ weekdays: [friday] }, { months: [5] }] }\n';
  const routeOf = async (keys: string) => {
    const [route] = (await configOf(`${INTERVALS}routes: [{ ${keys} }]`)).routes;
    if (route === undefined) throw new Error('no route');
    return route;
  };

  it('is always open, waits for none and ends the search, unless it says otherwise', async () => {
    expect(await routeOf('to: [hook, am, hook]')).toEqual({
      ...{ matchers: [], matching: expect.anything(), to: ['hook', 'am'], during: undefined, intervals: undefined },
      ...{ outside: 'hold', continue: false, escalation: undefined },
    });
  });

  it('is open while one of its intervals is', async () => {
    const route = await routeOf('to: [], during: [a, b], outside: next, continue: true');
    expect(route).toMatchObject({ to: [], during: ['a', 'b'], outside: 'next', continue: true });
    expect(route.intervals?.length).toBe(3);
  });

  it.each([
    [`matchers: ['team="core", severity=~"P0|P1"']`, { team: 'core', severity: 'P1' }, true],
    [`matchers: ['team="core"', 'severity=~"P0|P1"']`, { team: 'core', severity: 'P2' }, false],
    ['match: { severity: [P2, P3] }', { severity: 'P3' }, true],
    ['match: { severity: [P2, P3] }', { severity: 'P1' }, false],
    ['match: { severity: P2, team: core }', { severity: 'P2' }, false],
    ['match: { team: "" }', {}, true],
    ['match: { team: ["a.b", "(c)"] }', { team: 'a.b' }, true],
    ['match: { team: ["a.b", "(c)"] }', { team: '(c)' }, true],
    ['match: { team: ["a.b", "(c)"] }', { team: 'aXb' }, false],
    [`match: { severity: P2 }, matchers: ['team!=web']`, { severity: 'P2', team: 'web' }, false],
  ])('of %s: whether %j fits is %s', async (keys, labels: Readonly<Record<string, string>>, fits) => {
    expect((await routeOf(`to: [am], ${keys}`)).matching.fits(labels)).toBe(fits);
  });
});

it('the fallback is a receiver', async () => {
  expect((await configOf('fallback: hook')).fallback).toBe('hook');
});

it('what of it is not acted on yet is said', async () => {
  const { notActedOn } = await configOf(
    'severities: [{ name: P0, acknowledge_within: 2m, hold: 1m }, { name: P1, update_every: 1h, escalation: x }]\nroutes: [{ to: [am], escalation: x }]',
  );
  expect(notActedOn).toEqual([
    ...['severities.acknowledge_within', 'severities.update_every', 'severities.escalation', 'routes.escalation'],
  ]);
});

describe('a warning is given', () => {
  const PAGER = `notify:
  am: { type: alertmanager, urls: ["http://localhost:9093"] }
  pager: { type: pagerduty, routing_key: e93facc04764012d7bfb002500d5d1a6 }
`;
  const of = async (rest: string, target?: string) =>
    (await warningsOf(shop(rest, target))).map((line) => line.replace(/^\d+:\d+: /, ''));

  it('of an Alertmanager beside a receiver that reaches people', async () => {
    expect(await of(PAGER)).toEqual([
      'notify.am: pager reaches people too: alerts sent here carry pager="outrider", by which a route of Alertmanager can keep quiet',
    ]);
    expect(await of(NOTIFY)).toEqual([]);
  });

  it('of an Alertmanager that Prometheus tells instead', async () => {
    expect(await of(`${PAGER}sender: prometheus\n`)).toEqual([
      'notify.am: is told nothing by Outrider: "sender: prometheus" leaves it to Prometheus and its rules',
    ]);
  });

  it('of a severity that opens no incidents and is to be told to a pager', async () => {
    const said = await of(`${PAGER}severities: [{ name: P0, to: [pager] }, { name: P3, to: [am, pager] }]`);
    expect(said[1]).toBe(
      'severities[P3].to[1]: pagerduty gets only severities that open incidents, which P3 does not: name pager in a route',
    );
    expect(said.length).toBe(2);
  });

  it('of a route behind one that takes everything', async () => {
    const during = 'time_intervals: { a: [{ weekdays: [monday] }] }\n';
    const with2 = (first: string) => of(`${NOTIFY}${during}routes: [{ ${first} }, { to: [hook] }]`);
    expect(await with2('to: [am]')).toEqual(['routes[1]: is never asked: the route before it takes every alert']);
    expect(await with2('to: [am], continue: true')).toEqual([]);
    expect(await with2('to: [am], during: [a], outside: next')).toEqual([]);
  });

  describe('of alerts that no route matches', () => {
    const DOWN = 'no route matches HttpDown of api (P1)';
    it.each([
      ['', `${DOWN}: it goes to every receiver: am, hook`],
      [
        'severities: [{ name: P0 }, { name: P1, to: [hook] }, { name: P2 }, { name: P3 }]\n',
        `${DOWN}: it goes to the receivers of P1: hook`,
      ],
      ['severities: [{ name: P0 }, { name: P1, to: [] }, { name: P2 }, { name: P3 }]\n', `${DOWN}: it goes to nobody`],
    ])('and who gets them: %s', async (rest, message) => {
      expect(await of(`${NOTIFY}${rest}routes: [{ match: { team: core }, to: [am] }]`)).toEqual([`routes: ${message}`]);
    });

    const unmatched = (route: string, target?: string) => of(`${NOTIFY}routes: [{ ${route}, to: [am] }]`, target);

    it('at one of the severities to which they may rise', async () => {
      const raise = 'alerts: [{ name: HttpDown, raise: [{ after: 5m, severity: P0 }] }]';
      expect(await unmatched('match: { severity: P1 }', raise)).toEqual([
        'routes: no route matches HttpDown of api (P0): it goes to every receiver: am, hook',
      ]);
    });

    it('one for each severity', async () => {
      const more = 'alerts: [{ name: A, when: duration > 1s }, { name: B, when: duration > 2s, severity: P1 }]';
      expect(await unmatched('match: { team: core }', more)).toEqual([
        'routes: no route matches HttpDown of api (P1) and 1 more of severity P1: they go to every receiver: am, hook',
        'routes: no route matches A of api (P2): it goes to every receiver: am, hook',
      ]);
    });

    it.each([
      ['match: { env: production }', ''],
      ['match: { alertname: HttpDown, service: shop, target: api, type: http, severity: P1 }', ''],
      ['match: { team: core }', 'labels: { team: core }'],
      ['match: { team: core }', 'alerts: [{ name: HttpDown, labels: { team: core } }]'],
      ['match: { team: core }', 'enabled: false'],
      ['match: { alertname: HttpDown }', ''],
    ])('not where it does: %s, %s', async (route, target) => {
      expect(await unmatched(route, target)).toEqual([]);
    });

    it('not where nobody knows what a label of a measure will be', async () => {
      const text = `service: shop
targets:
  - { name: jobs, type: kafka, brokers: [localhost], groups: [a], builtin_alerts: none, alerts: [{ name: Backlog, when: "lag > 10" }] }
${NOTIFY}
routes: [{ match: { topic: orders }, to: [am] }]
`;
      expect(await warningsOf(text)).toEqual([]);
      expect((await warningsOf(text.replace('topic: orders', 'team: core'))).length).toBe(1);
    });
  });
});
