import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/core/alert.ts';
import { parseMatchers } from '../../src/core/matcher-text.ts';
import { compileMatchers } from '../../src/core/matching.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { TimeInterval } from '../../src/core/time-interval.ts';
import { openRoutes, type Route, type RouteRules, type SeverityRule } from '../../src/notify/route.ts';
import { ALERT } from '../support/receiver.ts';

const alert = (severity: Severity, labels: Readonly<Record<string, string>> = {}): Alert => ({
  ...ALERT,
  severity,
  labels: { ...ALERT.labels, ...labels, severity },
});

const SEVERITIES: readonly SeverityRule[] = [
  { name: 'P0', holdMs: 30_000, to: undefined, incident: true },
  { name: 'P1', holdMs: 60_000, to: undefined, incident: true },
  { name: 'P2', holdMs: 300_000, to: undefined, incident: true },
  { name: 'P3', holdMs: 900_000, to: undefined, incident: false },
];
const RECEIVERS = [
  { name: 'am', type: 'alertmanager' },
  { name: 'chat', type: 'slack' },
  { name: 'pager', type: 'pagerduty' },
  { name: 'text', type: 'sms' },
];

function route(matchers: string, to: string, changes: Partial<Route> = {}): Route {
  const parsed = matchers === '' ? { ok: true as const, matchers: [] } : parseMatchers(matchers);
  const compiled = parsed.ok ? compileMatchers(parsed.matchers) : undefined;
  if (compiled?.ok !== true) throw new Error(matchers);
  const names = to === '' ? [] : to.split(' ');
  return { matching: compiled.matching, to: names, intervals: undefined, outside: 'hold', continue: false, ...changes };
}

const business: TimeInterval = {
  ...{ daysOfMonth: undefined, months: undefined, years: undefined, location: 'Europe/Berlin' },
  weekdays: [{ from: 1, to: 5 }],
  times: [{ fromMinute: 540, toMinute: 1080 }],
};
const OPEN = Date.parse('2027-05-05T10:00Z');
/** A Friday evening. */
const CLOSED = Date.parse('2027-05-07T20:00Z');
const MONDAY = Date.parse('2027-05-10T07:00Z');

const rulesOf = (routes: readonly Route[], changes: Partial<RouteRules> = {}): RouteRules => ({
  ...{ severities: SEVERITIES, receivers: RECEIVERS, routes, holdOfTarget: () => undefined },
  ...changes,
});

/** `am chat@2027-05-10T07:00`: who is told, and not before when. */
function told(rules: RouteRules, about: Alert, wallMs = OPEN): string {
  const later = (ms: number | undefined) => (ms === undefined ? '' : `@${new Date(ms).toISOString().slice(0, 16)}`);
  return openRoutes(rules)
    .of(about, wallMs)
    .map(({ receiver, notBeforeMs }) => `${receiver}${later(notBeforeMs)}`)
    .join(' ');
}

describe('an alert that no route matches goes', () => {
  it('to every receiver', () => expect(told(rulesOf([]), alert('P1'))).toBe('am chat pager text'));

  it('but to sms and pagerduty only where its severity opens incidents', () =>
    expect(told(rulesOf([]), alert('P3'))).toBe('am chat'));

  const withTo = (name: Severity, to: readonly string[]) =>
    rulesOf([route('team=web', 'am')], {
      severities: SEVERITIES.map((each) => (each.name === name ? { ...each, to } : each)),
    });

  it('to those of its severity, where there are any', () => {
    expect(told(withTo('P2', ['chat', 'am']), alert('P2'))).toBe('am chat');
    expect(told(withTo('P2', ['chat']), alert('P1'))).toBe('am chat pager text');
  });

  it('to nobody where its severity says so', () => expect(told(withTo('P2', []), alert('P2'))).toBe(''));

  it('and only a route sends to sms and pagerduty what opens no incident', () =>
    expect(told(withTo('P3', ['chat', 'text']), alert('P3'))).toBe('chat'));
});

describe('with fewer severities', () => {
  const [p0, , p2] = SEVERITIES;
  const few = [
    { ...p0, to: ['pager'] },
    { ...p2, to: ['chat'] },
  ] as readonly SeverityRule[];
  it.each<[Severity, string, number]>([
    ['P0', 'pager', 30_000],
    ['P2', 'chat', 300_000],
    ['P1', 'chat', 300_000],
    ['P3', 'chat', 300_000],
  ])('an alert of %s goes to %s', (severity, receiver, holdMs) => {
    const rules = rulesOf([], { severities: few });
    expect(told(rules, alert(severity))).toBe(receiver);
    expect(openRoutes(rules).holdMsOf(alert(severity), undefined)).toBe(holdMs);
  });
});

describe('a route', () => {
  it('takes what it matches from those after it', () => {
    const rules = rulesOf([route('severity=~"P0|P1"', 'pager am'), route('', 'chat')]);
    expect(told(rules, alert('P0'))).toBe('pager am');
    expect(told(rules, alert('P2'))).toBe('chat');
  });

  it('leaves it to those after it too where it says continue', () => {
    const further = { continue: true };
    const rules = rulesOf([
      route('team=core', 'am chat', further),
      route('team=web', 'text', further),
      route('severity=P1', 'pager chat'),
      route('', 'text'),
    ]);
    expect(told(rules, alert('P1', { team: 'core' }))).toBe('am chat pager');
    expect(told(rulesOf([route('', 'am', further)]), alert('P1'))).toBe('am');
  });

  it('sends to sms and pagerduty whatever the severity', () =>
    expect(told(rulesOf([route('', 'text pager')]), alert('P3'))).toBe('text pager'));

  it('may send to nobody', () => expect(told(rulesOf([route('', '')]), alert('P0'))).toBe(''));
});

describe('a route that is not always open', () => {
  const during = (outside: Route['outside'], changes: Partial<Route> = {}) =>
    route('severity=P2', 'chat text', { intervals: [business], outside, ...changes });
  const rest = route('', 'am');

  it.each<Route['outside']>(['hold', 'drop', 'next'])('tells at once while it is: %s', (outside) =>
    expect(told(rulesOf([during(outside), rest]), alert('P2'), OPEN)).toBe('chat text'),
  );

  it.each<[Route['outside'], string, string]>([
    ['hold', 'waits until it opens', 'chat@2027-05-10T07:00 text@2027-05-10T07:00'],
    ['drop', 'tells nobody', ''],
    ['next', 'is passed by', 'am'],
  ])('%s: while it is not, it %s', (outside, _, expected) =>
    expect(told(rulesOf([during(outside), rest]), alert('P2'), CLOSED)).toBe(expected),
  );

  it('leaves what it passes by to the severity where no other matches', () =>
    expect(told(rulesOf([during('next')]), alert('P2'), CLOSED)).toBe('am chat pager text'));

  it('is passed by where it never opens again, so that the alert is not lost', () => {
    const over = during('hold', { intervals: [{ ...business, years: [{ from: 2020, to: 2026 }] }] });
    expect(told(rulesOf([over, rest]), alert('P2'), CLOSED)).toBe('am');
  });

  it('opens with the first of several intervals', () => {
    const saturday = { ...business, weekdays: [{ from: 6, to: 6 }] };
    const either = during('hold', { intervals: [business, saturday] });
    expect(told(rulesOf([either]), alert('P2'), CLOSED)).toBe('chat@2027-05-08T07:00 text@2027-05-08T07:00');
  });

  it('tells a receiver once, at the earliest time that any of them gives', () => {
    const further = { continue: true };
    const now = route('', 'chat');
    expect(told(rulesOf([during('hold', further), now]), alert('P2'), CLOSED)).toBe('chat text@2027-05-10T07:00');
    expect(told(rulesOf([{ ...now, ...further }, during('hold')]), alert('P2'), CLOSED)).toBe(
      'chat text@2027-05-10T07:00',
    );
  });

  it('knows anew at every time whether it is open', () => {
    const { of } = openRoutes(rulesOf([during('hold')]));
    const at = (wallMs: number) => of(alert('P2'), wallMs)[0]?.notBeforeMs;
    expect([at(CLOSED), at(CLOSED + 1), at(MONDAY - 1), at(MONDAY), at(OPEN)]).toEqual([
      ...[MONDAY, MONDAY, MONDAY, undefined, undefined],
    ]);
    // Our clock was wrong, and is put back.
    expect(at(CLOSED - 7 * 86_400_000)).toBe(MONDAY - 7 * 86_400_000);
  });
});

describe('people are held back', () => {
  const { holdMsOf } = openRoutes(rulesOf([], { holdOfTarget: (name) => (name === 'database' ? 10_000 : undefined) }));
  it.each<[string, string, number | undefined, number]>([
    ['as long as the receiver says', 'database', 0, 0],
    ['else as long as the target says', 'database', undefined, 10_000],
    ['else as long as the severity says', 'cache', undefined, 60_000],
  ])('%s', (_, target, receiverHoldMs, holdMs) => {
    expect(holdMsOf({ ...alert('P1'), target }, receiverHoldMs)).toBe(holdMs);
  });
});
