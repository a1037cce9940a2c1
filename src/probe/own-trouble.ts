import type { Clock } from '../core/clock.ts';
import type { LogFields, Logger } from '../core/log.ts';
import type { ProbeResult } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { anyAnswers, type Interfaces, openPresence, type Reference, referenceText } from './connectivity.ts';
import { openLately } from './lately.ts';
import type { LookedUp, Names } from './names.ts';
import type { NameServers, Resolver } from './resolver.ts';
import { openStalls } from './stall.ts';
import { openTally } from './tally.ts';

/** How long reference addresses and name servers have to answer. */
const PATIENCE_MS = 2000;
/** The same trouble is logged this seldom. */
const SAY_AGAIN_MS = 10_000;
/** More kinds of trouble than this are not told apart. */
const MOST_TROUBLES = 100;
/** Most reference addresses that a message names. */
const MOST_NAMED = 4;

export interface OwnTroubleOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolver: Resolver & NameServers;
  /** What networks this machine is in; the system's own answer where absent. */
  readonly interfaces?: Interfaces;
}

/** A result that is to be judged, and of whom. */
export interface Judged {
  readonly result: ProbeResult;
  readonly target: Pick<Target, 'hosts'>;
  readonly names: Pick<Names, 'lookedUp' | 'localityOf'>;
  /** Ends the judging at once; the result is then as it was. */
  readonly signal: AbortSignal;
}

/** Tells Outrider's own trouble from a target's. */
export interface OwnTrouble extends Disposable {
  /** To be called before a probe: a stall that is over is not that probe's. */
  look(): void;
  /** The result, or an inconclusive one in its place where Outrider itself was in the way. Takes up to 2 s, and only where nobody answered. */
  judge(judged: Judged): Promise<ProbeResult>;
  /** Asks these addresses from now on. */
  refer(references: readonly Reference[]): void;
  /** Forgets all targets but these. */
  retain(targets: ReadonlySet<string>): void;
}

/** How much of an answer a probe got: any at all, none, none since no name server had one, or one that says nothing of the network. */
type Heard = 'answer' | 'nothing' | 'no-name-server' | 'unknown';

/** Begins to watch itself; it asks nobody before there is a failure to judge. */
export function openOwnTrouble({ clock, log, resolver, interfaces }: OwnTroubleOptions): OwnTrouble {
  const over = new AbortController();
  const say = seldom(clock, (message, fields) => log.warn(fields, message));
  const stalls = openStalls(clock, ({ fromMs, toMs }) =>
    say('Outrider’s own event loop stood still', { forMs: Math.round(toMs - fromMs) }),
  );
  const hasNetwork = openPresence(clock, interfaces);
  const tally = openTally(clock);
  let references: readonly Reference[] = [];
  const inTime = async (ask: (signal: AbortSignal) => Promise<boolean>) => {
    const late = new AbortController();
    using _ = clock.after(PATIENCE_MS, () => late.abort());
    return await ask(AbortSignal.any([late.signal, over.signal]));
  };
  const network = openLately(clock, () => inTime((signal) => anyAnswers(references, resolver, signal)));
  const nameServers = openLately(clock, () => inTime((signal) => resolver.isAnswering(signal)));

  /** What is wrong with our own network, in words; undefined where nothing is. */
  const networkTrouble = async (target: string, heard: Heard, sinceMs: number): Promise<string | undefined> => {
    if (!hasNetwork()) return 'this machine has no network address but loopback';
    if (references.length > 0 && !(await network.since(sinceMs)) && tally.mostFail(target))
      return `none of the addresses under connectivity answers: ${named(references)}`;
    if (heard !== 'no-name-server' || (await nameServers.since(sinceMs))) return undefined;
    return `no name server answers any question: ${resolver.servers().join(', ')}`;
  };

  const inconclusive = (result: ProbeResult, why: 'own-stall' | 'own-network', message: string): ProbeResult => {
    const { target, turn, at } = result;
    return { outcome: 'inconclusive', why, message, target, turn, at };
  };
  const stalled = (result: ProbeResult): ProbeResult | undefined => {
    const stoodMs = stalls.since(result.at.monoMs);
    if (stoodMs === undefined) return undefined;
    const message = `Outrider’s own event loop stood still for ${(stoodMs / 1000).toFixed(1)}s`;
    return inconclusive(result, 'own-stall', message);
  };

  return {
    look: stalls.look,
    async judge({ result, target, names, signal }) {
      if (result.outcome === 'inconclusive' || result.outcome === 'skipped') return result;
      const inStall = stalled(result);
      if (inStall !== undefined) return inStall;
      const heard = heardIn(result, names.lookedUp());
      const where = names.localityOf(target);
      if (heard === 'unknown' || where === 'here') return result;
      if (heard === 'answer') {
        if (references.length > 0) tally.answered(result.target, where, result.at.monoMs);
        return result;
      }
      if (references.length > 0) tally.unanswered(result.target, where);
      const trouble = await unlessAborted(networkTrouble(result.target, heard, result.at.monoMs), signal);
      if (trouble === undefined) return result;
      say('Outrider’s own network is in trouble', { why: trouble });
      // What was asked meanwhile may have gone unanswered for the same reason.
      return stalled(result) ?? inconclusive(result, 'own-network', trouble);
    },
    refer(next) {
      references = next;
      network.forget();
    },
    retain: tally.retain,
    [Symbol.dispose]() {
      stalls[Symbol.dispose]();
      over.abort();
    },
  };
}

function heardIn(result: ProbeResult & { readonly outcome: 'up' | 'down' }, lookedUp: LookedUp): Heard {
  if (result.outcome === 'up') return 'answer';
  switch (result.reason) {
    case 'timeout':
      return lookedUp === 'silent' ? 'no-name-server' : 'nothing';
    case 'dns':
      return lookedUp === 'silent' ? 'no-name-server' : lookedUp === 'failed' ? 'nothing' : 'unknown';
    case 'unavailable':
      return result.unreachable === true ? 'nothing' : 'answer';
    case 'internal':
      return 'unknown';
    default:
      return 'answer';
  }
}

function named(references: readonly Reference[]): string {
  const names = references.slice(0, MOST_NAMED).map(referenceText);
  return references.length > MOST_NAMED ? `${names.join(', ')}, …` : names.join(', ');
}

/** What it comes to, or undefined as soon as the signal aborts. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });
}

/** Says each thing, but not again before some time has passed. */
function seldom(clock: Clock, say: (message: string, fields: LogFields) => void): typeof say {
  const saidMs = new Map<string, number>();
  return (message, fields) => {
    const nowMs = clock.monoMs();
    const trouble = `${message} ${String(fields['why'] ?? '')}`; // another reason is other news
    if (nowMs - (saidMs.get(trouble) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
    if (saidMs.size >= MOST_TROUBLES) saidMs.clear();
    saidMs.set(trouble, nowMs);
    say(message, fields);
  };
}
