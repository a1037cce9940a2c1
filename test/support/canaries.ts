/** Secrets that can be told from everything else: each is called after its place, and looked for in every form. */
export interface Canaries {
  /** A new secret; the same place gives the same one. */
  of(place: string): string;
  /** The places whose secret is in the text: as it is, quoted, URL-encoded, in HTML or in base64. */
  seenIn(text: string): readonly string[];
}

const MARK = 'cAnArY';

/** No canaries yet. */
export function openCanaries(): Canaries {
  const known = new Map<string, string>();
  return {
    of(place) {
      const secret = known.get(place) ?? `${MARK}.${known.size + 100}.${place}`;
      known.set(place, secret);
      return secret;
    },
    seenIn(text) {
      const decoded = `${text}\n${base64In(text).join('\n')}`;
      return [...known].flatMap(([place, secret]) => (decoded.includes(secret) ? [place] : []));
    },
  };
}

/** What every run of base64 says, from each of its four beginnings. */
function base64In(text: string): string[] {
  const runs = text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? [];
  return runs.flatMap((run) => [0, 1, 2, 3].map((at) => Buffer.from(run.slice(at), 'base64').toString('latin1')));
}
