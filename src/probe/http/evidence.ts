import { excerpt } from './excerpt.ts';
import type { Seen } from './seen.ts';

/** Headers that help to understand a failure. */
const TELLING = ['server', 'via', 'content-type', 'retry-after', 'www-authenticate'];

/** Facts for people: who answered, by which certificate, and, of a failure, what it said. */
export function evidenceOf(seen: Seen, failed: boolean): Readonly<Record<string, string>> | undefined {
  const { address, secure, head, body, followed } = seen;
  // A good answer to plain HTTP says nothing that its measures do not, and most answers are such.
  if (!failed && secure === undefined && followed === undefined) return undefined;
  const facts: Record<string, string> = {};
  if (address !== undefined) facts['address'] = address.address;
  if (followed !== undefined) facts['redirects'] = followed.join(' → ');
  if (secure !== undefined) {
    facts['tls'] = `${secure.protocol}, ${secure.cipher}`;
    const until = Number.isNaN(secure.expiresAtMs) ? 'unknown' : new Date(secure.expiresAtMs).toISOString();
    facts['certificate'] = `${secure.leaf.subject}, issued by ${secure.leaf.issuer}, valid until ${until}`;
  }
  if (!failed) return facts;
  for (const name of TELLING) {
    const value = head?.headers.get(name);
    if (value !== undefined) facts[name] = excerpt(value).slice(1, -1);
  }
  if (body !== undefined && body.bytes.length > 0) facts['body'] = excerpt(body.bytes.toString('utf8', 0, 1024));
  return facts;
}
