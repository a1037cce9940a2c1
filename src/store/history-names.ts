import type { DatabaseSync } from 'node:sqlite';
import type { SeriesName } from '../core/history.ts';
import { type Labels, labelsKey, NO_LABELS } from '../core/labels.ts';

/** The numbers under which series are kept. */
export interface Names {
  /** The number of a series; a new one gets one. */
  of(name: SeriesName): number;
  /** The series has rows of this day. */
  seen(series: number, day: number): void;
  /** Forgets those that were not seen since a day. */
  forgetBefore(day: number, most: number): void;
}

/** Labels as text, in the order of their names. */
export const labelsText = (labels: Labels): string => labelsKey(labels);

/** The labels of such a text. */
export function labelsOf(text: string): Labels {
  if (text === '') return NO_LABELS;
  return Object.fromEntries(JSON.parse(text) as readonly (readonly [string, string])[]);
}

/** The series of a file. */
export function openNames(database: DatabaseSync): Names {
  const select = database.prepare('select id from series where target = ? and measure = ? and labels = ?');
  const insert = database.prepare('insert into series (target, measure, labels, seen) values (?, ?, ?, ?)');
  const see = database.prepare('update series set seen = ? where id = ?');
  const forget = database.prepare('delete from series where id in (select id from series where seen < ? limit ?)');
  return {
    of({ target, measure, labels }) {
      const text = labelsText(labels);
      const known = select.get(target, measure, text);
      if (known !== undefined) return Number(known['id']);
      return Number(insert.run(target, measure, text, Number.MAX_SAFE_INTEGER).lastInsertRowid);
    },
    seen: (series, day) => void see.run(day, series),
    forgetBefore: (day, most) => void forget.run(day, most),
  };
}
