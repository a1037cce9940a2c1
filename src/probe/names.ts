import type { Target } from '../core/target.ts';
import { type Locality, localityOfAddress, localityOfHost, together } from './locality.ts';
import type { NoAddress, Resolved, Resolver } from './resolver.ts';

/** What became of a run's lookups, the gravest of them: `silent` where one got no answer, or still waits for one. */
export type LookedUp = 'well' | 'no-name' | 'failed' | 'silent';

/** A target's resolver, which remembers what the name servers said: the driver that asks keeps only the words. */
export interface Names extends Resolver {
  /** Forgets the lookups of the run before. */
  begin(): void;
  lookedUp(): LookedUp;
  /** Where the target is, by its addresses where they were ever seen, otherwise by its names. */
  localityOf(target: Pick<Target, 'hosts'>): Locality;
}

const GRAVITY: Readonly<Record<NoAddress | 'under way', LookedUp>> = {
  'no-name': 'no-name',
  failed: 'failed',
  'no-answer': 'silent',
  'under way': 'silent',
};

type Lookups = Map<string, NoAddress | 'under way' | 'found'>;

/** Names over this resolver; those of a target whose hosts are all addresses hold nothing. */
export function openNames(resolver: Resolver): Names {
  let localities: Map<string, Locality> | undefined;
  let lookups: Lookups | undefined;

  const noted = async (host: string, answer: Promise<Resolved>): Promise<Resolved> => {
    lookups ??= new Map();
    const run = lookups;
    run.set(host, 'under way');
    const resolved = await answer;
    run.set(host, resolved.ok ? 'found' : resolved.why);
    if (!resolved.ok) return resolved;
    localities ??= new Map();
    localities.set(host, together(resolved.addresses.map(({ address }) => localityOfAddress(address))));
    return resolved;
  };
  const localityOfName = (name: string): Locality => localities?.get(name) ?? (name.includes('.') ? 'far' : 'near');

  return {
    resolve(host, signal) {
      const answer = resolver.resolve(host, signal);
      return localityOfHost(host) === undefined ? noted(host, answer) : answer;
    },
    begin() {
      lookups = undefined;
    },
    lookedUp() {
      if (lookups === undefined) return 'well';
      const all = new Set([...lookups.values()].map((one) => (one === 'found' ? 'well' : GRAVITY[one])));
      return (['silent', 'failed', 'no-name'] as const).find((one) => all.has(one)) ?? 'well';
    },
    localityOf: ({ hosts }) => together(hosts.map((host) => localityOfHost(host) ?? localityOfName(host))),
  };
}
