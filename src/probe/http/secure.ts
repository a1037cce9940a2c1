import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** Words of a certificate, as blackbox_exporter writes them. */
export interface CertificateNames {
  /** `CN=api.example,O=Shop`. */
  readonly subject: string;
  readonly issuer: string;
  readonly dnsNames: readonly string[];
  /** DNS names and addresses. */
  readonly names: readonly string[];
  /** Hexadecimal, lower case. */
  readonly serial: string;
  /** SHA-256, hexadecimal, lower case. */
  readonly fingerprint: string;
}

/** What a TLS handshake told. */
export interface Secure {
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** Code of what is wrong with the certificate, undefined where it was verified. */
  readonly problem: string | undefined;
  readonly leaf: CertificateNames;
  /** The certificate of the chain that expires first; Unix epoch ms. */
  readonly expiresAtMs: number;
  readonly lifetimeMs: number;
}

/** The server and its authorities; more than these are not looked at. */
const LONGEST_CHAIN = 10;

/** Reads what the handshake told; `known` spares the words of a certificate that was read before. */
export function readSecure(socket: TLSSocket, known: CertificateNames | undefined): Secure | undefined {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return undefined;
  let first = validity(leaf);
  let certificate = leaf.issuerCertificate;
  for (let i = 1; certificate !== undefined && i < LONGEST_CHAIN; i++) {
    const other = validity(certificate);
    if (other.toMs < first.toMs) first = other;
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    certificate = issuer === certificate ? undefined : issuer;
  }
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher()?.standardName ?? 'unknown',
    problem: socket.authorized ? undefined : problemOf(socket),
    leaf: known?.fingerprint === fingerprintOf(leaf) ? known : namesOf(leaf),
    expiresAtMs: first.toMs,
    lifetimeMs: first.toMs - first.fromMs,
  };
}

// Node's type says Error; what is there is the code of the verification, or nothing where there is no certificate.
const problemOf = (socket: TLSSocket): string => String(socket.authorizationError ?? 'UNKNOWN');

const validity = (certificate: X509Certificate) => ({
  fromMs: certificate.validFromDate.getTime(),
  toMs: certificate.validToDate.getTime(),
});

const fingerprintOf = (certificate: X509Certificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();

function namesOf(certificate: X509Certificate): CertificateNames {
  const all = (certificate.subjectAltName ?? '').split(', ');
  const dnsNames = all.filter((name) => name.startsWith('DNS:')).map((name) => name.slice('DNS:'.length));
  const addresses = all
    .filter((name) => name.startsWith('IP Address:'))
    .map((name) => name.slice('IP Address:'.length));
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    dnsNames,
    names: [...dnsNames, ...addresses],
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: fingerprintOf(certificate),
  };
}

/** The order in which Go prints them; what is not here comes first. */
const ATTRIBUTES = ['serialNumber', 'CN', 'postalCode', 'street', 'ST', 'L', 'OU', 'O', 'C'];

/** Node's `O=Shop⏎CN=api.example` → `CN=api.example,O=Shop`. */
function distinguishedName(lines: string | undefined): string {
  const rank = (line: string) => ATTRIBUTES.indexOf(line.slice(0, line.indexOf('=')));
  return (lines ?? '')
    .split('\n')
    .toSorted((a, b) => rank(a) - rank(b))
    .join(',');
}
