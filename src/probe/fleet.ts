import { setImmediate as nextLoop } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { ProbeResult, Turn } from '../core/result.ts';
import type { Scrub } from '../core/secret.ts';
import type { Target } from '../core/target.ts';
import type { ProbeEnvironment, Prober, ProbeType } from './contract.ts';
import { type Names, openNames } from './names.ts';
import type { OwnTrouble } from './own-trouble.ts';
import type { Resolver } from './resolver.ts';
import { runProbe } from './run.ts';

/** A target with what its type needs to know; `revision` changes when a new prober is needed. */
export interface Manned {
  readonly target: Target;
  readonly settings: { readonly type: string };
  readonly revision: string;
}

export interface FleetOptions {
  readonly typeOf: (type: string) => ProbeType;
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolver: Resolver;
  /** Absent: every result is taken as it is. */
  readonly ownTrouble?: Pick<OwnTrouble, 'look' | 'judge' | 'retain'>;
}

/** What the config bounds for all probers. */
export interface FleetLimits {
  readonly maxSeries: number;
  readonly maxBodyBytes: number;
  readonly filesFrom: string;
  readonly scrub: Scrub;
}

/** The open probers, one a target, opened at their first run. */
export interface Fleet {
  run(target: string, turn: () => Turn): Promise<ProbeResult>;
  /** Takes these targets from now on; probers that left or changed are let go of. */
  replace(targets: readonly Manned[], limits: FleetLimits): Promise<void>;
  /** Aborts what runs and lets go of everything. */
  stop(): Promise<void>;
}

interface Ship {
  manned: Manned;
  readonly names: Names;
  prober: Promise<Prober> | undefined;
  abort: (() => void) | undefined;
}

/** So many probers are let go of in one turn of the event loop. */
const AT_ONCE = 200;

/** A fleet without targets yet. */
export function openFleet(options: FleetOptions): Fleet {
  const { clock, log, ownTrouble } = options;
  const ships = new Map<string, Ship>();
  let limits: FleetLimits | undefined;

  const skipped = (target: string, turn: () => Turn): ProbeResult => ({
    outcome: 'skipped',
    why: 'stopping',
    target,
    turn: turn(),
    at: clock.now(),
  });

  const environmentOf = (ship: Ship, bounds: FleetLimits): ProbeEnvironment => ({
    target: ship.manned.target.name,
    intervalMs: ship.manned.target.intervalMs,
    clock,
    log,
    resolver: ship.names,
    maxSeries: bounds.maxSeries,
    maxBodyBytes: bounds.maxBodyBytes,
    filesFrom: bounds.filesFrom,
  });

  const proberOf = (ship: Ship, bounds: FleetLimits): Promise<Prober> => {
    ship.prober ??= options
      .typeOf(ship.manned.settings.type)
      .open(ship.manned.settings, environmentOf(ship, bounds))
      .catch((error: unknown) => {
        ship.prober = undefined; // a file that is missing now may be there at the next run
        throw error;
      });
    return ship.prober;
  };

  /** May take a while, and a stop ends it. */
  const judged = async (ship: Ship, result: ProbeResult): Promise<ProbeResult> => {
    if (ownTrouble === undefined) return result;
    const abort = new AbortController();
    ship.abort = () => abort.abort();
    try {
      const { names, manned } = ship;
      return await ownTrouble.judge({ result, target: manned.target, names, signal: abort.signal });
    } finally {
      ship.abort = undefined;
    }
  };

  const letGo = async (ship: Ship) => {
    ship.abort?.();
    try {
      await (await ship.prober)?.[Symbol.asyncDispose]();
    } catch (error) {
      log.warn({ target: ship.manned.target.name, err: error }, 'a prober did not close cleanly');
    }
  };

  const letAllGo = async (all: readonly Ship[]) => {
    const gone: Promise<void>[] = [];
    for (const [index, ship] of all.entries()) {
      if (index > 0 && index % AT_ONCE === 0) await nextLoop();
      gone.push(letGo(ship));
    }
    await Promise.all(gone);
  };

  return {
    async run(name, turn) {
      const ship = ships.get(name);
      if (ship === undefined || limits === undefined) {
        return skipped(name, turn);
      }
      const bounds = limits;
      const prober = lazily(() => proberOf(ship, bounds));
      const onAbortable = (abort: () => void) => {
        ship.abort = abort;
        return () => {
          ship.abort = undefined;
        };
      };
      const { target } = ship.manned;
      ownTrouble?.look();
      ship.names.begin();
      const seen = await runProbe({ prober, target, turn, clock, scrub: bounds.scrub, onAbortable });
      const result = await judged(ship, seen);
      // A reload or a stop took the prober away in its midst: what it says then is not the target's doing.
      if (ships.get(name) !== ship) return skipped(name, turn);
      // While it was judged, the run may have come to serve a scheduled turn.
      const serves = turn();
      return result.turn === serves ? result : { ...result, turn: serves };
    },
    async replace(targets, next) {
      const before = new Map(ships);
      ships.clear();
      limits = next;
      for (const manned of targets) {
        const old = before.get(manned.target.name);
        if (old?.manned.revision !== manned.revision) {
          const names = openNames(options.resolver);
          ships.set(manned.target.name, { manned, names, prober: undefined, abort: undefined });
          continue;
        }
        old.manned = manned; // the prober stays; what stages know of the target may still have changed
        ships.set(manned.target.name, old);
        before.delete(manned.target.name);
      }
      ownTrouble?.retain(new Set(ships.keys()));
      await letAllGo([...before.values()]);
    },
    async stop() {
      const all = [...ships.values()];
      ships.clear();
      await letAllGo(all);
    },
  };
}

/** A prober that is opened by its first run, under that run's deadline. */
const lazily = (open: () => Promise<Prober>): Pick<Prober, 'run'> => ({
  async run(run) {
    const prober = await open();
    run.signal.throwIfAborted(); // the deadline passed while it was opened: the next run has the prober for itself
    return prober.run(run);
  },
});
