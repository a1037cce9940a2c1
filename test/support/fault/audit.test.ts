import { describe, expect, it } from 'vitest';
import { type Account, audit, type Outage, table } from './audit.ts';
import { type Entry, openLedger, type Word } from './ledger.ts';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const OUTAGE: Outage = { alert: 'HttpDown/a', fromMs: T0, toMs: T0 + 60_000 };

type Told = [seconds: number, status: Word['status'], changes?: Partial<Entry> & { readonly startsAtMs?: number }];

/** What the checker finds of these messages to one receiver. */
function account(
  dedup: 'key' | 'none' | 'labels',
  told: readonly Told[],
  outages: readonly Outage[] = [OUTAGE],
): Account {
  const ledger = openLedger();
  for (const [seconds, status, { startsAtMs = T0, ...changes } = {}] of told)
    ledger.add({
      atMs: T0 + seconds * 1000,
      receiver: 'r',
      url: '/',
      key: undefined,
      words: [{ alert: 'HttpDown/a', status, startsAtMs }],
      marked: false,
      body: '',
      answer: 200,
      ...changes,
    });
  return audit(ledger, { receiver: 'r', dedup }, outages);
}
const counts = ({ lost, repeats, disorder, unexpected, sameKey, marked }: Account) => ({
  lost: lost.length,
  repeats: repeats.length,
  disorder: disorder.length,
  unexpected: unexpected.length,
  sameKey,
  marked,
});
const NOTHING = { lost: 0, repeats: 0, disorder: 0, unexpected: 0, sameKey: 0, marked: 0 };

describe('the checker of a ledger', () => {
  it.each<[string, 'key' | 'none' | 'labels', readonly Told[], Partial<typeof NOTHING>]>([
    [
      'all is well',
      'none',
      [
        [1, 'firing'],
        [61, 'resolved'],
      ],
      {},
    ],
    ['the end is lost', 'none', [[1, 'firing']], { lost: 1 }],
    ['everything is lost', 'none', [], { lost: 2 }],
    [
      'what was not taken is lost',
      'none',
      [
        [1, 'firing', { answer: 500 }],
        [2, 'firing', { answer: 'hung' }],
        [61, 'resolved'],
      ],
      { lost: 1, disorder: 1 },
    ],
    [
      'a lost answer is no loss',
      'none',
      [
        [1, 'firing', { answer: 'dropped' }],
        [61, 'resolved'],
      ],
      {},
    ],
    [
      'a repeat',
      'none',
      [
        [1, 'firing'],
        [2, 'firing'],
        [61, 'resolved'],
      ],
      { repeats: 1 },
    ],
    [
      'a repeat that says so',
      'none',
      [
        [1, 'firing'],
        [2, 'firing', { marked: true }],
        [61, 'resolved'],
      ],
      { repeats: 1, marked: 1 },
    ],
    [
      'a repeat under the same key',
      'key',
      [
        [1, 'firing', { key: 'x' }],
        [2, 'firing', { key: 'x' }],
        [61, 'resolved', { key: 'y' }],
      ],
      { sameKey: 1 },
    ],
    [
      'a repeat under another key',
      'key',
      [
        [1, 'firing', { key: 'x' }],
        [2, 'firing', { key: 'z' }],
        [61, 'resolved', { key: 'y' }],
      ],
      { repeats: 1 },
    ],
    [
      'again by design',
      'labels',
      [
        [1, 'firing'],
        [31, 'firing'],
        [61, 'resolved'],
        [91, 'resolved'],
      ],
      {},
    ],
    [
      'the end comes first',
      'none',
      [
        [61, 'resolved'],
        [62, 'firing'],
      ],
      { disorder: 2 },
    ],
    [
      'fires again after its end',
      'labels',
      [
        [1, 'firing'],
        [61, 'resolved'],
        [62, 'firing'],
      ],
      { disorder: 1 },
    ],
    [
      'an untrue beginning',
      'none',
      [
        [1, 'firing', { startsAtMs: T0 - 10_000 }],
        [61, 'resolved'],
      ],
      { lost: 1, unexpected: 1, disorder: 1 },
    ],
  ])('%s', (_, dedup, told, expected) => {
    expect(counts(account(dedup, told))).toEqual({ ...NOTHING, ...expected });
  });

  it('knows which of several outages a message is about, and that one must end before the next begins', () => {
    const next: Outage = { alert: 'HttpDown/a', fromMs: T0 + 120_000 };
    const told: Told[] = [
      [1, 'firing'],
      [121, 'firing', { startsAtMs: T0 + 120_000 }],
      [122, 'resolved'],
    ];
    const found = account('none', told, [OUTAGE, next]);
    expect(counts(found)).toEqual({ ...NOTHING, disorder: 1 });
    expect(found.disorder[0]).toMatch(/^firing HttpDown\/a .* before the end of the one before$/);
  });

  it('goes by the time of arrival where a message has no time, and expects no end of what goes on', () => {
    const ledger = openLedger();
    const word = (seconds: number, status: Word['status']) =>
      ledger.add({
        atMs: T0 + seconds * 1000,
        receiver: 'r',
        url: '/',
        key: undefined,
        words: [{ alert: 'HttpDown/a', status }],
        marked: false,
        body: '',
        answer: 200,
      });
    word(1, 'firing');
    word(62, 'resolved');
    word(121, 'firing');
    const outages = [OUTAGE, { alert: 'HttpDown/a', fromMs: T0 + 120_000 }];
    const found = audit(ledger, { receiver: 'r', dedup: 'none' }, outages);
    expect(counts(found)).toEqual(NOTHING);
    expect(table([found], outages).split('\n')[2]).toMatch(/^\| r +\| 3 +\| 2\/2 +\| 1\/1 +\| 0 /);
  });

  it('finds words of alerts that nobody expects', () => {
    const found = account('none', [
      [1, 'firing'],
      [61, 'resolved'],
      [70, 'firing', { words: [{ alert: 'X/b', status: 'firing' }] }],
    ]);
    expect(found.unexpected[0]).toMatch(/^firing X\/b/);
  });
});
