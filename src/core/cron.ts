import { createRequire } from 'node:module';
import type { ParsedFields } from 'node-cron';
import { nearest } from './nearest.ts';

const require = createRequire(import.meta.url);

/** What of a month a day is asked with: weekdays from 0, Sunday. */
export interface Month {
  readonly lastDay: number;
  weekdayOf(day: number): number;
}

/** Whether a day of a month is meant. */
export type DayRule = (day: number, month: Month) => boolean;

/** When something starts, in the fields of a wall clock; numbers ascend. A day must fit one rule of the month and one of the week. */
export interface Cron {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly daysOfMonth: readonly DayRule[];
  readonly daysOfWeek: readonly DayRule[];
}

/** What is wrong with an expression, how many characters into it. */
export interface CronProblem {
  readonly at: number;
  readonly message: string;
  readonly suggestion?: string;
}

export type ParsedCron =
  | { readonly ok: true; readonly cron: Cron }
  | { readonly ok: false; readonly problems: readonly CronProblem[] };

const NICKNAMES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** By node-cron's name of a field: what it is, and what would be right. */
const FIELDS: Readonly<Record<string, readonly [string, string]>> = {
  second: ['second', '0 to 59, such as 30 or */10'],
  minute: ['minute', '0 to 59, such as 30, 0,30 or */15'],
  hour: ['hour', '0 to 23, such as 3, 8-18 or */2'],
  dayOfMonth: ['day of the month', '1 to 31 or L for the last, such as 1, 1,15 or */2'],
  month: ['month', '1 to 12 or jan to dec, such as 1, jan-mar or */3'],
  dayOfWeek: ['weekday', '0 to 7 (0 and 7 are Sunday) or sun to sat, such as mon-fri, 1#2 or 5L'],
};
const NAMES = Object.keys(FIELDS);

/** Whoever writes more means something else; node-cron would count up to any number. */
const LONGEST = 200;
const LONG_NUMBER = /\d{3}/;

interface Piece {
  readonly text: string;
  readonly at: number;
}

/** A cron expression as node-cron understands it: five fields, or six with seconds first, or a name such as @daily. Never throws. */
export function parseCron(text: string): ParsedCron {
  const early = refusal(text);
  if (early !== undefined) return { ok: false, problems: [early] };
  const { validateDetailed } = require('node-cron') as typeof import('node-cron');
  const pieces = piecesOf(text);
  const long = pieces.flatMap((piece, index) => (LONG_NUMBER.test(piece.text) ? fieldProblem(pieces, index) : []));
  if (long.length > 0) return { ok: false, problems: long };
  const { fields, errors } = validateDetailed(text);
  if (fields !== undefined) return { ok: true, cron: cronOf(fields) };
  const indexes = errors.map(({ field }) => NAMES.indexOf(field) - NAMES.length + pieces.length);
  const [only] = indexes;
  if (only !== undefined && indexes.length === 1 && isImpossible(pieces, only))
    return { ok: false, problems: [{ at: pieces[only]?.at ?? 0, message: NEVER }] };
  return { ok: false, problems: indexes.flatMap((index) => fieldProblem(pieces, index)) };

  function isImpossible(written: readonly Piece[], index: number): boolean {
    const anyMonth = written.map((piece, at) => (at === index + 1 ? '*' : piece.text)).join(' ');
    return NAMES[index - written.length + NAMES.length] === 'dayOfMonth' && validateDetailed(anyMonth).valid;
  }
}

/** What is said of an expression whose day does not exist. */
const NEVER = 'this never comes: no such month has such a day';

const piecesOf = (text: string): readonly Piece[] =>
  [...text.matchAll(/\S+/g)].map((found) => ({ text: found[0], at: found.index }));

/** What node-cron is not asked about. */
function refusal(text: string): CronProblem | undefined {
  const pieces = piecesOf(text);
  const [first] = pieces;
  if (text.length > LONGEST) return { at: 0, message: `expected at most ${LONGEST} characters` };
  if (first?.text.startsWith('@')) {
    if (pieces.length === 1 && NICKNAMES.includes(first.text.toLowerCase())) return undefined;
    const suggestion = nearest(first.text, NICKNAMES);
    const message = `expected one of ${NICKNAMES.join(', ')}, or five fields`;
    return { at: first.at, message, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  const strange = /[^a-zA-Z0-9\-*/,#? ]/u.exec(text);
  if (strange !== null) return { at: strange.index, message: `"${strange[0]}" has no place in a cron expression` };
  if (pieces.length === 5 || pieces.length === 6) return undefined;
  const expected = 'expected five fields (minute, hour, day of the month, month, weekday) or six with seconds first';
  return { at: 0, message: `${expected}, got ${pieces.length}` };
}

function fieldProblem(pieces: readonly Piece[], index: number): readonly CronProblem[] {
  const piece = pieces[index];
  const field = FIELDS[NAMES[index - pieces.length + NAMES.length] ?? ''];
  if (piece === undefined || field === undefined) return [{ at: 0, message: 'expected five fields' }];
  const [what, expected] = field;
  return [{ at: piece.at, message: `"${piece.text}" is no ${what}: expected ${expected}` }];
}

const ascending = (numbers: readonly number[]): readonly number[] => [...new Set(numbers)].sort((a, b) => a - b);

function cronOf(fields: ParsedFields): Cron {
  return {
    seconds: ascending(fields.second),
    minutes: ascending(fields.minute),
    hours: ascending(fields.hour),
    months: ascending(fields.month),
    daysOfMonth: fields.dayOfMonth.map(ruleOfMonth),
    daysOfWeek: fields.dayOfWeek.map(ruleOfWeek),
  };
}

/** `15`, `L` the last, `L-3` three before it, `15W` the working day nearest to it, `LW` the last working day. */
function ruleOfMonth(written: number | string): DayRule {
  if (typeof written === 'number') return (day) => day === written;
  if (written.endsWith('W')) {
    const from = written.slice(0, -1);
    return (day, month) => day === nearestWorkday(from === 'L' ? month.lastDay : Number(from), month);
  }
  const before = written === 'L' ? 0 : Number(written.slice('L-'.length));
  return (day, { lastDay }) => day === lastDay - before;
}

/** Within the month; undefined where the month has no such day. */
function nearestWorkday(day: number, { lastDay, weekdayOf }: Month): number | undefined {
  if (day > lastDay) return undefined;
  const weekday = weekdayOf(day);
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDay ? day - 2 : day + 1;
  return day;
}

/** `5`, `5L` the last Friday of the month, `1#2` its second Monday. */
function ruleOfWeek(written: number | string): DayRule {
  if (typeof written === 'number') return (day, { weekdayOf }) => weekdayOf(day) === written;
  const weekday = Number(written[0]) % 7;
  const nth = written.includes('#') ? Number(written.split('#')[1]) : undefined;
  return (day, { lastDay, weekdayOf }) =>
    weekdayOf(day) === weekday && (nth === undefined ? day + 7 > lastDay : Math.ceil(day / 7) === nth);
}
