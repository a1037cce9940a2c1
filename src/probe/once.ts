import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { ProbeResult } from '../core/result.ts';
import { openResolver } from './dns.ts';
import { type FleetLimits, type Manned, openFleet } from './fleet.ts';
import { probeTypeOf } from './registry.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** One probe of one target, by hand: opened, asked and closed. */
export async function probeOnce(manned: Manned, clock: Clock, limits: FleetLimits): Promise<ProbeResult> {
  using resolver = openResolver({ clock });
  const fleet = openFleet({ typeOf: probeTypeOf, clock, log: silent, resolver });
  try {
    await fleet.replace([manned], limits);
    return await fleet.run(manned.target.name, () => 'extra');
  } finally {
    await fleet.stop();
  }
}
