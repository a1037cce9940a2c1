import type { DatabaseSync } from 'node:sqlite';
import { merge } from '../core/bucket.ts';
import { recordOf, recordsIn, withRecord } from '../core/bucket-record.ts';
import { DAY_MS, HOUR_MS, type MinuteRow, type StateChange } from '../core/history.ts';
import { openNames } from './history-names.ts';

/** Each step brings the schema of history from its place in the list to the next. */
export const HISTORY_MIGRATIONS: readonly string[] = [
  // A row of `minute` holds an hour's minutes, one of `hour` a day's hours, of one series: its id is the hour or day times 2^24, and the series.
  `create table series (
     id integer primary key,
     target text not null,
     measure text not null,
     labels text not null,
     seen integer not null,
     unique (target, measure, labels)
   ) strict;
   create table minute (id integer primary key, data blob not null) strict;
   create table hour (id integer primary key, data blob not null) strict;
   create table change (id integer primary key, at integer not null, target text not null, doc text not null) strict;
   create index change_of_target on change (target, at);
   create table progress (name text primary key, value integer not null) strict`,
];

const SERIES = 2 ** 24;
const NOTHING = new Uint8Array(0);

const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS);
const dayOf = (atMs: number): number => Math.floor(atMs / DAY_MS);

/** The key of a series' row of an hour or a day. */
export const keyOf = (span: number, series: number): number => span * SERIES + series;

/** Writes history; each call is one transaction at most. */
export interface HistoryWriter {
  append(rows: readonly MinuteRow[], changes: readonly StateChange[]): void;
  roll(beforeMs: number, most: number): boolean;
  purge(minutesBeforeMs: number, hoursBeforeMs: number, most: number): boolean;
}

/** The statements that write history, made ready. */
export function openHistoryWriter(database: DatabaseSync): HistoryWriter {
  const names = openNames(database);
  const progress = openProgress(database);
  const addMinutes = database.prepare(
    'insert into minute (id, data) values (?, ?) on conflict (id) do update set data = cast(data || excluded.data as blob)',
  );
  const nextMinutes = database.prepare('select id, data from minute where id >= ? and id < ? order by id limit ?');
  const nextHour = database.prepare('select id from minute where id >= ? order by id limit 1');
  const dayRow = database.prepare('select data from hour where id = ?');
  const putDay = database.prepare('insert or replace into hour (id, data) values (?, ?)');
  const addChange = database.prepare('insert into change (at, target, doc) values (?, ?, ?)');

  /** Puts an hour's minutes in the place of what is known of the hour. */
  const rollUp = (series: number, hour: number, minutes: Uint8Array) => {
    const [first, ...others] = recordsIn(minutes);
    if (first === undefined) return;
    const { bucket } = first;
    for (const other of others) merge(bucket, other.bucket);
    const day = Math.floor(hour / 24);
    const key = keyOf(day, series);
    const before = bytesOf(dayRow.get(key));
    if (before === undefined) names.seen(series, day);
    putDay.run(key, withRecord(before ?? NOTHING, recordOf(hour - day * 24, bucket)));
  };

  /** A minute of an hour that was rolled up already: the clock went back. */
  const addLate = (series: number, hour: number, record: Uint8Array) => {
    const day = Math.floor(hour / 24);
    const before = bytesOf(dayRow.get(keyOf(day, series))) ?? NOTHING;
    const known = recordsIn(before).find(({ slot }) => slot === hour - day * 24);
    const own = known === undefined ? NOTHING : recordOf(0, known.bucket);
    const joined = new Uint8Array(own.length + record.length);
    joined.set(own);
    joined.set(record, own.length);
    rollUp(series, hour, joined);
  };

  return {
    append: (rows, changes) =>
      inTransaction(database, () => {
        const rolled = keyOf(progress.get('rolled'), progress.get('series'));
        for (const { target, measure, labels, atMs, record } of rows) {
          const series = names.of({ target, measure, labels });
          const hour = hourOf(atMs);
          if (keyOf(hour, series) < rolled) addLate(series, hour, record);
          addMinutes.run(keyOf(hour, series), record);
        }
        for (const { atMs, target, ...doc } of changes) addChange.run(Math.round(atMs), target, JSON.stringify(doc));
      }),
    roll: (beforeMs, most) =>
      inTransaction(database, () => {
        const next = nextHour.get(keyOf(progress.get('rolled'), progress.get('series')));
        const hour = next === undefined ? hourOf(beforeMs) : Math.floor(Number(next['id']) / SERIES);
        if (hour >= hourOf(beforeMs)) {
          progress.reach(Math.max(progress.get('rolled'), hourOf(beforeMs)), 0);
          return false;
        }
        const after = hour === progress.get('rolled') ? progress.get('series') : 0;
        const rows = nextMinutes.all(keyOf(hour, after), keyOf(hour + 1, 0), most);
        let series = after;
        for (const row of rows) {
          series = Number(row['id']) - keyOf(hour, 0);
          rollUp(series, hour, bytesOf(row) ?? NOTHING);
        }
        if (rows.length < most) progress.reach(hour + 1, 0);
        else progress.reach(hour, series + 1);
        return true;
      }),
    purge: (minutesBeforeMs, hoursBeforeMs, most) =>
      inTransaction(database, () => {
        const minutes = Math.min(hourOf(minutesBeforeMs), progress.get('rolled'));
        const day = dayOf(hoursBeforeMs);
        const forgotten = [
          forget(database, 'minute', keyOf(minutes, 0), most),
          forget(database, 'hour', keyOf(day, 0), most),
          forgetChanges(database, hoursBeforeMs, most),
        ];
        names.forgetBefore(Math.min(day, Math.floor(minutes / 24)), most);
        return forgotten.some((count) => count === most);
      }),
  };
}

function forget(database: DatabaseSync, table: 'minute' | 'hour', before: number, most: number): number {
  const oldest = `select id from ${table} where id < ? order by id limit ?`;
  return Number(database.prepare(`delete from ${table} where id in (${oldest})`).run(before, most).changes);
}

/** Changes stand in the order in which they came, which is that of time as long as the clock does not go back. */
function forgetChanges(database: DatabaseSync, beforeMs: number, most: number): number {
  const oldest = database.prepare('select id, at from change order by id limit ?').all(most);
  const kept = oldest.findIndex((row) => Number(row['at']) >= beforeMs);
  const last = oldest.at(kept === -1 ? -1 : kept - 1);
  if (kept === 0 || last === undefined) return 0;
  return Number(database.prepare('delete from change where id <= ?').run(Number(last['id'])).changes);
}

/** How far the roll-up has come, as it will be committed. */
function openProgress(database: DatabaseSync) {
  const select = database.prepare('select value from progress where name = ?');
  const put = database.prepare('insert or replace into progress (name, value) values (?, ?)');
  const get = (name: 'rolled' | 'series'): number => Number(select.get(name)?.['value'] ?? 0);
  return {
    get,
    reach(hour: number, series: number) {
      if (get('rolled') !== hour) put.run('rolled', hour);
      if (get('series') !== series) put.run('series', series);
    },
  };
}

/** What a row holds. */
export const bytesOf = (row: Readonly<Record<string, unknown>> | undefined): Uint8Array | undefined =>
  row?.['data'] instanceof Uint8Array ? row['data'] : undefined;

function inTransaction<T>(database: DatabaseSync, task: () => T): T {
  database.exec('begin immediate');
  try {
    const done = task();
    database.exec('commit');
    return done;
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
