import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** A config or secret file larger than this is a mistake; bytes. */
export const LARGEST_BYTES = 1024 ** 2;

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder',
  ELOOP: 'is a circle of links',
  ENAMETOOLONG: 'has too long a name',
};

/** What a file held, to compare with: a digest, or why it could not be had. */
export type Mark = string;

/** By the whole path of each file. */
export type Marks = ReadonlyMap<string, Mark>;

/** The mark of what can be read only once. */
export const PIPE = 'came through a pipe';
export const FOLDER = 'is a folder';
export const NOT_REGULAR = 'is not a regular file';
export const TOO_LARGE = 'is larger than 1 MiB';

/** What is in a file, or why it could not be had, in words that follow its name. */
export type Disk = { readonly mark: Mark } & (
  | { readonly ok: true; readonly text: string; readonly openToAll: boolean }
  | { readonly ok: false; readonly why: string }
);

/** Reads a small file of UTF-8 text; a pipe too where `pipes`, else nothing that might not end. */
export function readDisk(path: string, pipes = false): Disk {
  let file: number | undefined;
  try {
    file = openSync(path, pipes ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK);
    const { mode } = fstatSync(file);
    const kind = mode & constants.S_IFMT;
    if (kind === constants.S_IFDIR) return without(FOLDER);
    if (kind !== constants.S_IFREG && !pipes) return without(NOT_REGULAR);
    const bytes = readUpTo(file, LARGEST_BYTES + 1);
    if (bytes.length > LARGEST_BYTES) return without(TOO_LARGE);
    const mark = kind === constants.S_IFREG ? hash('sha256', bytes) : PIPE;
    const text = decode(bytes);
    if (text === undefined) return { ok: false, why: 'is not UTF-8 text', mark };
    return { ok: true, text, openToAll: (mode & 0o004) !== 0, mark };
  } catch (error) {
    const code = codeOf(error);
    return without(whyNot(error) ?? `cannot be read${code === '' ? '' : ` (${code})`}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const without = (why: string): Disk => ({ ok: false, why, mark: why });

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** What an error says of the file itself; undefined where it may pass by itself (too many open files, a stale handle). */
export const whyNot = (error: unknown): string | undefined => WHY[codeOf(error)];

function readUpTo(file: number, most: number): Buffer {
  const buffer = Buffer.allocUnsafe(most);
  let filled = 0;
  while (filled < most) {
    const got = readSync(file, buffer, filled, most - filled, null);
    if (got === 0) break;
    filled += got;
  }
  return buffer.subarray(0, filled);
}

/** Without a byte order mark; undefined where it is no UTF-8. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
