import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { errorText } from '../core/errors.ts';
import { codeOf, isFull, numberOf } from './reserve.ts';
import { Unusable } from './wire.ts';

/** SQLite's own codes for a file that is none, or broken. Source: https://www.sqlite.org/rescode.html */
const BROKEN: ReadonlySet<number> = new Set([11, 26]);
/** Another process holds the file. */
const BUSY: ReadonlySet<number> = new Set([5, 6]);

const PARTS = ['', '-wal', '-shm'] as const;

/** Whether the error says that the file is none of SQLite's, or broken. */
export const isBroken = (error: unknown): boolean => BROKEN.has(codeOf(error) ?? 0);

/** Why a file cannot be used, by SQLite's own codes. */
export function toUnusable(error: unknown, path: string): Unusable {
  if (error instanceof Unusable) return error;
  if (BUSY.has(codeOf(error) ?? 0)) return new Unusable('locked', `another process uses ${path}`, { cause: error });
  const failure = isBroken(error) ? 'broken' : isFull(error) ? 'full' : 'failed';
  return new Unusable(failure, `${path}: ${errorText(error)}`, { cause: error });
}

/** Makes the file where it is not there; only this user may read it. Throws Unusable. */
export function prepare(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (existsSync(path)) chmodSync(path, 0o600);
    else closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new Unusable('failed', `${path}: ${errorText(error)}`, { cause: error });
  }
}

/** Puts a broken file out of the way, under a name with `stamp`; answers where it is. */
export function putAside(path: string, stamp: string): string {
  const aside = `${path}.corrupt-${stamp}`;
  for (const part of PARTS) if (existsSync(path + part)) renameSync(path + part, aside + part);
  return aside;
}

/** Which file stands there: another text where somebody has removed or replaced it. */
export const identityOf = (path: string): string =>
  ['', '-wal'].map((part) => statSync(path + part, { throwIfNoEntry: false })?.ino).join();

/** Takes the steps that were not taken yet; `user_version` counts those that were. Throws Unusable `newer`. */
export function migrate(database: DatabaseSync, path: string, steps: readonly string[]): void {
  const version = numberOf(database, 'user_version');
  if (version > steps.length) {
    const message = `${path} was written by a newer Outrider (schema ${version}, this one knows ${steps.length})`;
    throw new Unusable('newer', message);
  }
  for (const [index, step] of steps.entries())
    if (index >= version) database.exec(`begin immediate; ${step}; pragma user_version = ${index + 1}; commit`);
}
