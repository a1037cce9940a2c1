import type { Entry, Ledger, Word } from './ledger.ts';

/** An outage that a test made: what must be told of it, once that it began and once that it ended. */
export interface Outage {
  readonly alert: string;
  readonly fromMs: number;
  /** Absent: it goes on, and nobody may be told of an end. */
  readonly toMs?: number;
}

/** How a receiver is to be judged. */
export interface Judged {
  readonly receiver: string;
  /** `key`: messages under one key are one. `none`: every message counts. `labels`: it is told again and again by design. */
  readonly dedup: 'key' | 'none' | 'labels';
}

/** What became of the outages at one receiver. Lists are sentences. */
export interface Account {
  readonly receiver: string;
  readonly messages: number;
  readonly beginnings: number;
  readonly ends: number;
  readonly lost: readonly string[];
  /** Messages that came again under a key that the receiver had: it does not see them. */
  readonly sameKey: number;
  /** Messages that told nothing but what had been told, as the receiver sees it. */
  readonly repeats: readonly string[];
  /** How many of these said so themselves. */
  readonly marked: number;
  readonly disorder: readonly string[];
  readonly unexpected: readonly string[];
}

/** The time of a failure is its probe's, which may have begun just before the outage was made, or after its end. */
const SLACK_MS = 2000;

/** A machine that is busy with other things stalls Outrider too: that is no outage of the test's. */
const OWN_TROUBLE = 'OutriderImpaired/';

interface Told {
  readonly outage: Outage;
  begun: number;
  ended: number;
}

/** Holds what a receiver took against what it had to be told. */
export function audit(ledger: Ledger, { receiver, dedup }: Judged, outages: readonly Outage[]): Account {
  const told = new Map<string, Told[]>();
  for (const outage of outages.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const all = told.get(outage.alert) ?? [];
    told.set(outage.alert, [...all, { outage, begun: 0, ended: 0 }]);
  }
  const keys = new Set<string>();
  const found = { repeats: [] as string[], disorder: [] as string[], unexpected: [] as string[] };
  let sameKey = 0;
  let marked = 0;
  const taken = ledger.taken(receiver);
  for (const entry of taken) {
    if (dedup === 'key' && entry.key !== undefined) {
      if (keys.has(entry.key)) {
        sameKey++;
        continue;
      }
      keys.add(entry.key);
    }
    const words = entry.words.filter(({ alert }) => alert !== OWN_TROUBLE);
    const news = words.map((word) => hear(word, entry, told, found));
    if (dedup === 'labels' || news.length === 0 || news.some(Boolean)) continue;
    found.repeats.push(words.map((word) => sayWord(word, entry)).join(', '));
    if (entry.marked) marked++;
  }
  const all = [...told.values()].flat();
  return {
    receiver,
    messages: taken.length,
    beginnings: all.filter(({ begun }) => begun > 0).length,
    ends: all.filter(({ ended }) => ended > 0).length,
    lost: all.flatMap(lostOf),
    sameKey,
    marked,
    ...found,
  };
}

/** Whether the word is news. */
function hear(
  word: Word,
  entry: Entry,
  told: ReadonlyMap<string, readonly Told[]>,
  { disorder, unexpected }: { readonly disorder: string[]; readonly unexpected: string[] },
): boolean {
  const own = told.get(word.alert) ?? [];
  const it = own.findLast((each) => isOf(word, entry.atMs, each.outage));
  const text = sayWord(word, entry);
  if (it === undefined) {
    unexpected.push(text);
    return true;
  }
  const before = own[own.indexOf(it) - 1];
  if (word.status === 'firing') {
    if (it.ended > 0) disorder.push(`${text} after its end`);
    if (before !== undefined && before.begun > 0 && before.ended === 0)
      disorder.push(`${text} before the end of the one before`);
    return it.begun++ === 0;
  }
  if (it.outage.toMs === undefined) unexpected.push(text);
  if (it.begun === 0) disorder.push(`${text} before its beginning`);
  return it.ended++ === 0;
}

/** By its true time where the message has it, else by when it came. */
function isOf(
  { status, startsAtMs }: Word,
  atMs: number,
  { fromMs, toMs = Number.POSITIVE_INFINITY }: Outage,
): boolean {
  if (startsAtMs !== undefined) return startsAtMs >= fromMs - SLACK_MS && startsAtMs <= toMs + SLACK_MS;
  return atMs >= (status === 'firing' ? fromMs : toMs);
}

const lostOf = ({ outage, begun, ended }: Told): string[] => {
  const name = `${outage.alert} of ${new Date(outage.fromMs).toISOString()}`;
  return [
    ...(begun === 0 ? [`the beginning of ${name}`] : []),
    ...(ended === 0 && outage.toMs !== undefined ? [`the end of ${name}`] : []),
  ];
};

const sayWord = ({ alert, status, startsAtMs }: Word, { atMs }: Entry): string => {
  const since = startsAtMs === undefined ? '' : ` (since ${new Date(startsAtMs).toISOString()})`;
  return `${status} ${alert}${since} at ${new Date(atMs).toISOString()}`;
};

/** The figures, one line a receiver. */
export function table(accounts: readonly Account[], outages: readonly Outage[]): string {
  const ends = outages.filter(({ toMs }) => toMs !== undefined).length;
  const rows = accounts.map((one) => [
    one.receiver,
    String(one.messages),
    `${one.beginnings}/${outages.length}`,
    `${one.ends}/${ends}`,
    String(one.lost.length),
    String(one.sameKey),
    String(one.repeats.length),
    String(one.marked),
    String(one.disorder.length),
    String(one.unexpected.length),
  ]);
  const all = [HEAD, HEAD.map(() => '---'), ...rows];
  const widths = HEAD.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`).join('\n');
}

const HEAD = [
  'receiver',
  'messages',
  'beginnings',
  'ends',
  'lost',
  'same key',
  'repeats',
  'of them marked',
  'out of order',
  'unexpected',
];
