import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { ProbeResult } from '../core/result.ts';
import type { Reference } from './connectivity.ts';
import { openResolver } from './dns.ts';
import { type FleetLimits, type Manned, openFleet } from './fleet.ts';
import { openOwnTrouble } from './own-trouble.ts';
import { probeTypeOf } from './registry.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** One probe of one target, by hand: opened, asked and closed. A failure is held against these reference addresses. */
export async function probeOnce(
  manned: Manned,
  clock: Clock,
  limits: FleetLimits,
  references: readonly Reference[] = [],
): Promise<ProbeResult> {
  using resolver = openResolver({ clock });
  using ownTrouble = openOwnTrouble({ clock, log: silent, resolver });
  ownTrouble.refer(references);
  const fleet = openFleet({ typeOf: probeTypeOf, clock, log: silent, resolver, ownTrouble });
  try {
    await fleet.replace([manned], limits);
    const first = await fleet.run(manned.target.name, () => 'extra');
    // The stall may have been the driver's loading, which comes once.
    if (first.outcome !== 'inconclusive' || first.why !== 'own-stall') return first;
    return await fleet.run(manned.target.name, () => 'extra');
  } finally {
    await fleet.stop();
  }
}
