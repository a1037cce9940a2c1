import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../../src/core/alert.ts';
import { SEVERITIES, type Severity } from '../../../src/core/severity.ts';
import { type Message, STEPS } from '../../../src/notify/contract.ts';
import { endOf, gravest, titleOf } from '../../../src/notify/text/title.ts';
import { ALERT, messageOf, NOW_MS } from '../../support/receiver.ts';

const named = (target: string, severity: Severity = 'P1', changes: Partial<Alert> = {}): Alert => ({
  ...ALERT,
  fingerprint: target,
  target,
  severity,
  annotations: { summary: `Postgres ${target} is down` },
  ...changes,
});
const firing = (...of: Parameters<typeof named>): Notice => ({ status: 'firing', alert: named(...of) });
const resolved = (target: string, endsAtMs = NOW_MS): Notice => ({
  status: 'resolved',
  alert: named(target),
  endsAtMs,
});
const title = (message: Partial<Message>): string => titleOf(messageOf(message), NOW_MS);

describe('a title', () => {
  it.each<[string, Partial<Message>, string]>([
    ['of one alert that begins', { changed: [firing('db')] }, 'P1 db: Postgres db is down'],
    [
      'of two at once',
      { changed: [firing('db', 'P2'), firing('api', 'P0')] },
      'P0 api: Postgres api is down, 1 more alert',
    ],
    [
      'of one that joins what goes on',
      { step: 'more', changed: [firing('b', 'P2')], standing: [named('a'), named('c')] },
      'P1 a: Postgres a is down, 2 more alerts (new: b)',
    ],
    [
      'of one that ends while another goes on',
      { step: 'fewer', changed: [resolved('b')], standing: [named('a')] },
      'P1 a: Postgres a is down (resolved: b)',
    ],
    [
      'of what goes on',
      { step: 'reminder', changed: [], standing: [named('a')], sinceMs: NOW_MS - 4 * 3_600_000 },
      'still after 4h: P1 a: Postgres a is down',
    ],
    [
      'of an end',
      {
        step: 'over',
        changed: [resolved('a', NOW_MS - 60_000), resolved('b', NOW_MS - 90_000)],
        sinceMs: NOW_MS - 300_000,
      },
      'resolved after 4m: P1 a: Postgres a is down, 1 more alert',
    ],
    [
      'of a test',
      { step: 'test', changed: [firing('', 'P3', { annotations: { summary: 'This is a test' } })] },
      '[test] P3 This is a test',
    ],
    [
      'of what may have been told',
      { changed: [firing('db')], isRepeat: true },
      '[possible repeat] P1 db: Postgres db is down',
    ],
    ['without a summary', { changed: [firing('db', 'P1', { annotations: {} })] }, 'P1 db: PostgresDown'],
    [
      'of many that join names three',
      { step: 'more', changed: ['b', 'c', 'd', 'e', 'f'].map((each) => firing(each)), standing: [named('a', 'P0')] },
      'P0 a: Postgres a is down, 5 more alerts (new: b, c, d and 2 more)',
    ],
    [
      'names a target once, whatever of it fires',
      { step: 'more', changed: [firing('b'), firing('b')], standing: [named('a', 'P0')] },
      'P0 a: Postgres a is down, 2 more alerts (new: b)',
    ],
    [
      'of an alert with breaks in its words',
      { changed: [firing('db', 'P1', { annotations: { summary: 'down\r\nBcc: all@example.com' } })] },
      'P1 db: down Bcc: all@example.com',
    ],
  ])('%s', (_, message, expected) => {
    expect(title(message)).toBe(expected);
  });

  it('is called by the same alert while a later one of its severity joins', () => {
    const first = named('first', 'P1', { startsAtMs: NOW_MS - 60_000 });
    const later = firing('later', 'P1', { startsAtMs: NOW_MS });
    expect(title({ step: 'more', changed: [later], standing: [first] })).toContain('P1 first: ');
  });

  it('is one line and names the gravest severity, whatever is told', () => {
    const alert = fc
      .record({
        target: fc.string({ unit: 'binary' }),
        severity: fc.constantFrom(...SEVERITIES),
        summary: fc.string({ unit: 'binary' }),
      })
      .map(({ target, severity, summary }) => named(target, severity, { annotations: { summary } }));
    fc.assert(
      fc.property(
        fc.constantFrom(...STEPS),
        fc.array(alert, { minLength: 1 }),
        fc.array(alert),
        (step, began, standing) => {
          const changed: readonly Notice[] = began.map((each) =>
            step === 'over' ? { status: 'resolved', alert: each, endsAtMs: NOW_MS } : { status: 'firing', alert: each },
          );
          const others = step === 'over' ? [] : standing;
          const line = title({ step, changed, standing: others });
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          expect(line).toContain(gravest([...began, ...others])?.severity);
        },
      ),
    );
  });
});

describe('the end of a message’s trouble', () => {
  it.each<[string, Pick<Message, 'step' | 'changed'>, number]>([
    ['is now while it goes on', { step: 'fewer', changed: [resolved('a', 5)] }, NOW_MS],
    ['is its last alert’s end when it is over', { step: 'over', changed: [resolved('a', 5), resolved('b', 3)] }, 5],
  ])('%s', (_, message, expected) => {
    expect(endOf(message, NOW_MS)).toBe(expected);
  });
});
