import type { LookupFunction } from 'node:net';
import type { ReceiverEnvironment } from '../contract.ts';

/** Longer than an attempt may take; the attempt's own deadline comes first. */
const LOOKUP_MS = 15_000;

/** Names through the daemon's own resolver: getaddrinfo's few threads, which also read files and compress, stay free. */
export function lookupOf({ lookUp, clock }: Pick<ReceiverEnvironment, 'lookUp' | 'clock'>): LookupFunction {
  return (host, options, callback) => {
    const abort = new AbortController();
    const late = clock.after(LOOKUP_MS, () => abort.abort());
    lookUp(host, abort.signal)
      .then(
        (found) => {
          if (!found.ok) callback(Object.assign(new Error(found.message), { code: 'ENOTFOUND' }), '');
          else if (options.all === true) callback(null, [...found.addresses]);
          else callback(null, found.addresses[0].address, found.addresses[0].family);
        },
        (error: Error) => callback(error, ''),
      )
      .finally(() => late[Symbol.dispose]());
  };
}
