import type { FailureReason, ProbeResult } from '../../src/core/result.ts';
import type { Interfaces } from '../../src/probe/connectivity.ts';
import { openNames } from '../../src/probe/names.ts';
import { openOwnTrouble } from '../../src/probe/own-trouble.ts';
import type { NameServers, NoAddress, Resolver } from '../../src/probe/resolver.ts';
import { virtualClock } from './virtual-clock.ts';

const never = new AbortController().signal;
export const ETH: ReturnType<Interfaces> = { eth0: [{ address: '10.0.0.2', internal: false }] };
export const REFERENCES = [{ host: 'one.reference', port: 443 }];

/** What the world is like at the moment; all well unless changed. */
export interface World {
  interfaces: ReturnType<Interfaces>;
  nameServer: boolean;
  /** What the resolver says of a target's name, where it has no address. */
  noAddress: NoAddress | undefined;
}

/** Own trouble in a world that a test changes as it goes; a reference address answers if it has an address that refuses. */
export function startOwnTrouble(
  world: Partial<World> = {},
  { references = REFERENCES as typeof REFERENCES | [] } = {},
) {
  const clock = virtualClock();
  const now: World & { references: boolean; asked: number } = {
    ...{ interfaces: ETH, nameServer: true, noAddress: undefined, references: true, asked: 0 },
    ...world,
  };
  const resolver: Resolver & NameServers = {
    async resolve(host) {
      if (host.endsWith('.reference')) {
        now.asked++;
        if (!now.references) return { ok: false, why: 'no-answer', message: host };
        return { ok: true, addresses: [{ address: '127.0.0.1', family: 4 }] };
      }
      if (now.noAddress !== undefined) return { ok: false, why: now.noAddress, message: host };
      return { ok: true, addresses: [{ address: '1.2.3.4', family: 4 }] };
    },
    isAnswering: async () => now.nameServer,
    servers: () => ['10.0.0.53'],
  };
  const logged: string[] = [];
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, error: quiet, warn: (_: object, message: string) => logged.push(message) };
  const own = openOwnTrouble({ clock, log, resolver, interfaces: () => now.interfaces });
  own.refer(references);

  /** Judges a result of a probe of this host that begins now and takes so long. */
  const judge = async (host: string, seen: Seen, { tookMs = 1, stoodMs = 0, signal = never } = {}) => {
    const at = clock.now();
    own.look();
    const names = openNames(resolver);
    await names.resolve(host, never);
    await (stoodMs > 0 ? clock.jump(stoodMs) : clock.advance(tookMs));
    const result = toResult(host, seen, at);
    return { result, judged: await pass(clock, own.judge({ result, target: { hosts: [host] }, names, signal })) };
  };
  return { clock, own, now, logged, judge };
}

/** What a probe saw: a reason of a failure, or something else that a result can be. */
export type Seen = FailureReason | 'up' | 'unreachable' | 'own-limits' | 'overlap';

/** Such a result. */
export function toResult(target: string, seen: Seen, at: ProbeResult['at']): ProbeResult {
  const ran = { target, turn: 'scheduled', at } as const;
  const look = { ...ran, durationMs: 1, measures: [], series: [] };
  if (seen === 'up') return { ...look, outcome: 'up' };
  if (seen === 'own-limits') return { ...ran, outcome: 'inconclusive', why: seen, message: 'EMFILE' };
  if (seen === 'overlap') return { ...ran, outcome: 'skipped', why: seen };
  if (seen === 'unreachable')
    return { ...look, outcome: 'down', reason: 'unavailable', message: 'no route', unreachable: true };
  return { ...look, outcome: 'down', reason: seen, message: `failed: ${seen}` };
}

/** Lets time pass until it has come to something. */
async function pass<T>(clock: ReturnType<typeof virtualClock>, promise: Promise<T>): Promise<T> {
  let over = false;
  void promise.finally(() => {
    over = true;
  });
  for (let i = 0; i < 1000 && !over; i++) await clock.advance(10);
  return promise;
}
