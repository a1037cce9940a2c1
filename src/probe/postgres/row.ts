import type { Labels } from '../../core/labels.ts';
import type { Gap, Sample } from '../../core/result.ts';

/** One row; every value as the text that the server sent. */
export type Row = Readonly<Record<string, string | null>>;

/** What the statistics need to know of the server. */
export interface Server {
  /** As in `server_version_num`: 150018 is 15.18. */
  readonly version: number;
  readonly standby: boolean;
}

/** What one statistics query gave. */
export interface Reading {
  readonly measures: readonly Sample[];
  readonly series: readonly Sample[];
  readonly gaps?: readonly Gap[];
  readonly evidence?: Readonly<Record<string, string>>;
}

/** One statistics query; without permission or time it costs only its own measures. */
export interface Statistic {
  /** As messages name it. */
  readonly name: string;
  /** The measures that are missing without it. */
  readonly measures: readonly string[];
  readonly sql: (server: Server) => string;
  readonly read: (rows: readonly Row[], server: Server) => Reading;
}

/** The number in a column, or undefined where it is null or none. */
export function numberIn(row: Row | undefined, column: string): number | undefined {
  const text = row?.[column];
  if (text === undefined || text === null || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** A sample of the number in a column, or nothing where there is none. */
export function sampleOf(row: Row | undefined, column: string, name: string, labels?: Labels): readonly Sample[] {
  const value = numberIn(row, column);
  if (value === undefined) return [];
  return [labels === undefined ? { name, value } : { name, value, labels }];
}

/** A text as an SQL literal, whatever standard_conforming_strings says. */
export const literal = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** An SQL condition: whether a column is like one of the patterns, in which `*` stands for any text. */
export function likeAny(column: string, patterns: readonly string[]): string {
  const escaped = (pattern: string) => pattern.replace(/[!%_]/g, '!$&').replaceAll('*', '%');
  return patterns.map((pattern) => `${column} like ${literal(escaped(pattern))} escape '!'`).join(' or ') || 'false';
}
