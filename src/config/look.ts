import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { FOLDER, LARGEST_BYTES, type Mark, NOT_REGULAR, TOO_LARGE, whyNot } from './disk.ts';

/** What a look at a file has found. */
export interface Looked {
  readonly mark: Mark;
  /** Changes when the file, or what its links lead to, is another one or was written. */
  readonly stamp: string;
  /** How many looks in a row before this one have found the same stamp. */
  readonly stood: number;
}

/** File times may be as coarse as 2 s: a write within that may leave the stamp as it was, so a fresh stamp proves nothing. */
const TRUSTED_AFTER_LOOKS = 4;
const CHUNK_BYTES = 64 * 1024;

/**
 * Looks at a file, and into it only where its stamp is new. Undefined where nothing can be said of it now. Waits off the
 * event loop: a network mount that hangs holds nobody else.
 */
export async function lookAt(path: string, before: Looked | undefined): Promise<Looked | undefined> {
  try {
    const found = await stat(path, { bigint: true });
    const stamp = [found.dev, found.ino, found.mode, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    const same = before?.stamp === stamp;
    if (same && before.stood >= TRUSTED_AFTER_LOOKS) return before;
    const stood = same ? before.stood + 1 : 0;
    if (found.isDirectory()) return { mark: FOLDER, stamp, stood };
    if (!found.isFile()) return { mark: NOT_REGULAR, stamp, stood };
    return { mark: await digest(path), stamp, stood };
  } catch (error) {
    const mark = whyNot(error);
    return mark === undefined ? undefined : { mark, stamp: '', stood: 0 };
  }
}

async function digest(path: string): Promise<Mark> {
  // Not to wait for a writer, should it be a pipe by now.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let sizeBytes = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) return hash.digest('hex');
    sizeBytes += bytesRead;
    if (sizeBytes > LARGEST_BYTES) return TOO_LARGE;
    hash.update(chunk.subarray(0, bytesRead));
  }
}
