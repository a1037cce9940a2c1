import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/core/alert.ts';
import { type Message, STEPS } from '../../../src/notify/contract.ts';
import { viewOf } from '../../../src/notify/text/view.ts';
import { ALERT, FIRING, messageOf, NOW_MS } from '../../support/receiver.ts';

const TELLER = { receiver: 'ops', externalUrl: 'https://outrider.example.com', timezone: 'Europe/Berlin' };
const view = (message: Partial<Message> = {}, teller = {}) =>
  viewOf(messageOf(message), { ...TELLER, ...teller }, NOW_MS);
const alertIn = (changes: Partial<Alert>) =>
  view({ changed: [{ status: 'firing', alert: { ...ALERT, ...changes } }] }).began[0];

describe('what a template knows of an alert', () => {
  it('is all that is known of it', () => {
    const annotations = {
      ...ALERT.annotations,
      runbook_url: 'https://runbooks.example.com/db',
      dashboard_url: 'https://grafana.example.com/d/db',
      root_cause: 'database',
      symptoms: 'api',
      changes: 'deployment 1.4.2',
      evidence: 'refused',
    };
    expect(alertIn({ annotations })).toEqual({
      firing: true,
      resolved: false,
      alertname: 'PostgresDown',
      target: 'database',
      service: 'shop',
      severity: 'P1',
      summary: 'Postgres database is down',
      description: 'connection refused by 127.0.0.1:5432',
      since: '2026-11-21 03:59:58 CET',
      ended: '',
      lasted: '1s',
      url: 'https://outrider.example.com/targets/database',
      runbook: 'https://runbooks.example.com/db',
      dashboard: 'https://grafana.example.com/d/db',
      root_cause: 'database',
      symptoms: 'api',
      changes: 'deployment 1.4.2',
      evidence: 'refused',
      labels: ALERT.labels,
      annotations,
      last: true,
    });
  });

  it('is, of one that ended, when and after how long', () => {
    const endsAtMs = ALERT.startsAtMs + 125_000;
    const { ended } = view({ step: 'over', changed: [{ status: 'resolved', alert: ALERT, endsAtMs }] });
    expect(ended[0]).toMatchObject({
      firing: false,
      resolved: true,
      ended: '2026-11-21 04:02:03 CET',
      lasted: '2m 5s',
    });
  });

  it('is whether another comes behind it', () => {
    const { standing } = view({ standing: [ALERT, ALERT] });
    expect(standing.map(({ last }) => last)).toEqual([false, true]);
  });

  it('has no link that is not safe to click', () => {
    const annotations = { runbook_url: 'javascript:alert(1)', dashboard_url: 'call Bob' };
    expect(alertIn({ annotations, generatorUrl: 'data:text/html,x' })).toMatchObject({
      url: '',
      runbook: '',
      dashboard: '',
    });
  });
});

describe('what a template knows of a message', () => {
  it.each(STEPS)('is which step it is: %s', (step) => {
    const flags = view({ step });
    expect(STEPS.filter((each) => flags[each])).toEqual([step]);
    expect(flags.step).toBe(step);
  });

  it('is what began, ended and goes on, and how many', () => {
    const other = { ...ALERT, fingerprint: 'b', target: 'b', severity: 'P0' as const };
    const message = view({
      step: 'more',
      changed: [FIRING, { status: 'resolved', alert: { ...ALERT, target: 'c' }, endsAtMs: NOW_MS }],
      standing: [other],
      isRepeat: true,
    });
    expect([message.began, message.ended, message.standing].map((list) => list.map(({ target }) => target))).toEqual([
      ['database'],
      ['c'],
      ['b'],
    ]);
    expect(message).toMatchObject({
      count: { began: 1, ended: 1, firing: 2 },
      ...{ severity: 'P0', firing: true, resolved: false, possible_repeat: true },
      ...{ receiver: 'ops', group: 'g', key: messageOf().key },
      ...{ since: '2026-11-21 03:59:58 CET', lasted: '1s', url: 'https://outrider.example.com/' },
    });
  });

  it('is the gravest severity of what ended, where nothing fires', () => {
    const changed = [{ status: 'resolved', alert: { ...ALERT, severity: 'P2' }, endsAtMs: NOW_MS }] as const;
    expect(view({ step: 'over', changed })).toMatchObject({ severity: 'P2', firing: false, resolved: true });
  });

  it('is the labels that all of its alerts have', () => {
    const other = { ...ALERT, labels: { ...ALERT.labels, target: 'other' } };
    const { target, ...shared } = ALERT.labels;
    expect([target, view({ standing: [other] }).labels]).toEqual(['database', shared]);
  });

  it.each([
    [undefined, ''],
    ['https://o.example.com/ops/', 'https://o.example.com/ops/'],
    ['https://o.example.com/ops', 'https://o.example.com/ops/'],
  ])('is where Outrider’s pages are: external_url %j gives %j', (externalUrl, url) => {
    expect(view({}, { externalUrl }).url).toBe(url);
  });
});
