import type { Sample } from '../../core/result.ts';
import type { Address } from '../resolver.ts';
import { parseLength } from './framing.ts';
import type { Head } from './head.ts';
import { PHASES } from './measures.ts';
import type { Secure } from './secure.ts';
import type { Seen } from './seen.ts';

/** The measures of what was seen; what was not seen is left out. `wallMs`: Unix epoch, ms. */
export function measuresOf(seen: Seen, wallMs: number): Sample[] {
  const samples: Sample[] = [];
  for (const phase of PHASES) {
    const ms = seen.phasesMs[phase];
    if (ms !== undefined) samples.push({ name: phase, value: ms / 1000 });
  }
  const { head, body, secure } = seen;
  if (head !== undefined) {
    samples.push({ name: 'status', value: head.status }, { name: 'redirects', value: seen.followed?.length ?? 0 });
  }
  if (body !== undefined) samples.push({ name: 'size', value: body.sizeBytes });
  if (secure !== undefined) {
    const leftMs = secure.expiresAtMs - wallMs;
    samples.push(
      { name: 'certificate_expires_in', value: leftMs / 1000 },
      { name: 'certificate_lifetime_left', value: Math.max(0, Math.min(1, leftMs / secure.lifetimeMs)) },
    );
  }
  return samples;
}

/** What blackbox_exporter would have shown of it. */
export function seriesOf(seen: Seen, failedDueToRegex: boolean): Sample[] {
  const samples: Sample[] = [{ name: 'probe_failed_due_to_regex', value: failedDueToRegex ? 1 : 0 }];
  const { address, head, body, secure, firstLookupMs } = seen;
  if (firstLookupMs !== undefined) samples.push({ name: 'probe_dns_lookup_time_seconds', value: firstLookupMs / 1000 });
  if (address !== undefined) {
    samples.push(
      { name: 'probe_ip_protocol', value: address.family },
      { name: 'probe_ip_addr_hash', value: addressHash(address) },
    );
  }
  if (head !== undefined) headSeries(head, secure, samples);
  if (body !== undefined) samples.push({ name: 'probe_http_uncompressed_body_length', value: body.sizeBytes });
  if (secure !== undefined) secureSeries(secure, samples);
  return samples;
}

function headSeries({ headers, version }: Head, secure: Secure | undefined, into: Sample[]): void {
  const length = headers.get('content-length');
  into.push(
    { name: 'probe_http_ssl', value: secure === undefined ? 0 : 1 },
    { name: 'probe_http_version', value: version === '1.1' ? 1.1 : 1 },
    { name: 'probe_http_content_length', value: length === undefined ? -1 : (parseLength(length) ?? -1) },
  );
  const modified = headers.get('last-modified');
  const modifiedMs = modified === undefined ? Number.NaN : Date.parse(modified);
  if (!Number.isNaN(modifiedMs))
    into.push({ name: 'probe_http_last_modified_timestamp_seconds', value: modifiedMs / 1000 });
}

function secureSeries({ leaf, expiresAtMs, protocol, cipher, problem }: Secure, into: Sample[]): void {
  into.push(
    { name: 'probe_ssl_earliest_cert_expiry', value: expiresAtMs / 1000 },
    {
      name: 'probe_ssl_last_chain_info',
      value: 1,
      labels: {
        fingerprint_sha256: leaf.fingerprint,
        subject: leaf.subject,
        issuer: leaf.issuer,
        subjectalternative: leaf.dnsNames.join(','),
        serialnumber: leaf.serial,
      },
    },
    { name: 'probe_tls_version_info', value: 1, labels: { version: protocol.replace('TLSv', 'TLS ') } },
    { name: 'probe_tls_cipher_info', value: 1, labels: { cipher } },
  );
  if (problem === undefined)
    into.push({ name: 'probe_ssl_last_chain_expiry_timestamp_seconds', value: expiresAtMs / 1000 });
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const hashes = new WeakMap<Address, number>();

/** FNV-1a 32 of the address’s bytes, as blackbox_exporter has it: https://github.com/prometheus/blackbox_exporter/blob/master/prober/utils.go */
export function addressHash(address: Address): number {
  const known = hashes.get(address);
  if (known !== undefined) return known;
  let hash = FNV_OFFSET;
  for (const byte of addressBytes(address)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  hashes.set(address, hash);
  return hash;
}

/** 4 or 16 bytes. */
function addressBytes({ address, family }: Address): readonly number[] {
  if (family === 4) return address.split('.').map(Number);
  // The URL parser writes an IPv6 address in its one canonical form, also where it ends in an IPv4 one.
  const [left = '', right] = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const before = groups(left);
  const after = groups(right ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
