import { isIP } from 'node:net';
import type { Address } from './resolver.ts';

/** Names, in lower case, → their addresses, IPv4 first: what /etc/hosts says. */
export function parseHosts(text: string): ReadonlyMap<string, readonly [Address, ...Address[]]> {
  const found = new Map<string, [Address, ...Address[]]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const family = isIP(address ?? '');
    if (address === undefined || (family !== 4 && family !== 6)) continue;
    for (const name of names) {
      const known = found.get(name.toLowerCase());
      if (known === undefined) found.set(name.toLowerCase(), [{ address, family }]);
      else if (!known.some((other) => other.address === address)) known.push({ address, family });
    }
  }
  for (const addresses of found.values()) addresses.sort((a, b) => a.family - b.family);
  return found;
}

/** How names are asked for: what /etc/resolv.conf says. */
export interface ResolvConf {
  /** Addresses, with a port where it is not 53: `10.0.0.1`, `127.0.0.1:5353`. */
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** A name with fewer dots is first tried with the search list. */
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
}

// Where the file does not say: short enough that a dead name server is told from a dead target within the default timeout of 5 s.
const TIMEOUT_MS = 2000;
const ATTEMPTS = 2;
/** The C library's own bounds. */
const MOST_NDOTS = 15;
const MOST_TIMEOUT_S = 30;
const MOST_ATTEMPTS = 5;

/** resolv.conf(5). What it does not say has the C library's defaults, but for the timeout. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let search: readonly string[] = [];
  const options = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [key, ...values] = (line.split(/[#;]/, 1)[0] ?? '').trim().split(/\s+/);
    if (key === 'nameserver' && isIP(values[0] ?? '') !== 0) servers.push(values[0] ?? '');
    if (key === 'search' || key === 'domain') search = values.map((name) => name.replace(/\.$/, '').toLowerCase());
    if (key === 'options') for (const option of values) readOption(option, options);
  }
  return {
    servers: servers.length > 0 ? servers : ['127.0.0.1'],
    search: search.filter((name) => name !== ''),
    ndots: Math.min(options.get('ndots') ?? 1, MOST_NDOTS),
    timeoutMs: bounded(options.get('timeout'), MOST_TIMEOUT_S, TIMEOUT_MS / 1000) * 1000,
    attempts: bounded(options.get('attempts'), MOST_ATTEMPTS, ATTEMPTS),
  };
}

function readOption(option: string, into: Map<string, number>): void {
  const part = /^([a-z]+):(\d+)$/.exec(option);
  if (part?.[1] !== undefined) into.set(part[1], Number(part[2]));
}

const bounded = (given: number | undefined, most: number, otherwise: number): number =>
  given === undefined ? otherwise : Math.max(1, Math.min(given, most));

/** The names that a host stands for, in the order in which they are tried. A trailing dot means the name alone. */
export function candidates(host: string, { search, ndots }: Pick<ResolvConf, 'search' | 'ndots'>): readonly string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const searched = search.map((domain) => `${host}.${domain}`);
  const dots = host.split('.').length - 1;
  return dots >= ndots ? [host, ...searched] : [...searched, host];
}
