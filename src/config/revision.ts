import { hash } from 'node:crypto';

/** A short text that is another one whenever any of the parts is; parts are anything that JSON can write. */
export const revisionOf = (...parts: readonly unknown[]): string =>
  hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);
