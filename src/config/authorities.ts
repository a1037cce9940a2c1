import { X509Certificate } from 'node:crypto';
import type { Disk } from './disk.ts';

/** The text of a file with certificates, or what is wrong with it, in words that follow its name. */
export type Authority = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Takes a PEM file as `tls.ca` names it, and sees that every certificate in it parses. */
export function authorityIn(disk: Disk): Authority {
  if (!disk.ok) return disk;
  const certificates = disk.text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) return { ok: false, why: 'holds no certificate (PEM)' };
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch {
    return { ok: false, why: 'holds a certificate that does not parse' };
  }
  return { ok: true, text: disk.text };
}
