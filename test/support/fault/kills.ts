import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

/** What is killed and begun again. */
export interface Mortal {
  /** Begins a life. */
  begin(): void | Promise<void>;
  /** Settles when it is at work. */
  ready(): Promise<unknown>;
  /** SIGKILL; settles when it is over. */
  end(): Promise<void>;
}

export interface KillPlan {
  readonly kills: number;
  /** Most that a short life lasts; ms. */
  readonly shortMs: number;
  /** Every fourth life is at work for this long, so that what fails for longer than four lives is surely seen; ms. */
  readonly longMs: number;
}

const LONG_EVERY = 4;
/** Until it is at work, on a slow day. */
const START_MS = 1500;
/** Every second short life ends so soon after a receiver got something, if it gets something in time. */
const AFTER_MESSAGE_MS = 25;

/** What four lives take at most, their starts included; an outage that is longer has a whole long life in it, whenever it begins. */
export const surelySeenMs = ({ shortMs, longMs }: KillPlan): number =>
  (LONG_EVERY - 1) * (START_MS + shortMs) + 2 * (START_MS + longMs);

/**
 * Kills again and again at random, with an immediate start after each: some lives are over before they have begun, and
 * half of the others end just after a message was sent. The last life goes on.
 */
export async function killAgainAndAgain(mortal: Mortal, plan: KillPlan, random: Random, ledger: Ledger): Promise<void> {
  await mortal.begin();
  for (let kill = 1; kill <= plan.kills; kill++) {
    const [lifeMs, afterMs] = [random.between(0, plan.shortMs), random.between(0, AFTER_MESSAGE_MS)];
    const waitsForMessage = random.chance(0.5);
    const isLong = kill % LONG_EVERY === 0;
    if (isLong || waitsForMessage) await mortal.ready();
    if (isLong) await sleep(plan.longMs);
    else if (waitsForMessage) await untilMessage(ledger, plan.shortMs, afterMs);
    else await sleep(lifeMs);
    await mortal.end();
    await mortal.begin();
  }
}

/** Settles `afterMs` after the next message, or when `patienceMs` have passed without one. */
async function untilMessage(ledger: Ledger, patienceMs: number, afterMs: number): Promise<void> {
  const message = Promise.withResolvers<void>();
  using _ = ledger.watch(() => message.resolve());
  const came = await Promise.race([message.promise.then(() => true), sleep(patienceMs).then(() => false)]);
  if (came) await sleep(afterMs);
}
