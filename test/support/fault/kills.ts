import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

/** What is killed and begun again. */
export interface Mortal {
  /** Begins a life. */
  begin(): void | Promise<void>;
  /** SIGKILL; settles when it is over. */
  end(): Promise<void>;
}

export interface KillPlan {
  readonly kills: number;
  /** Most that a short life lasts; ms. */
  readonly shortMs: number;
  /** Every fourth life lasts this long, so that what fails for longer than four lives is surely seen; ms. */
  readonly longMs: number;
}

const LONG_EVERY = 4;
/** Every second life ends so soon after a receiver got something, if it gets something in time. */
const AFTER_MESSAGE_MS = 25;

/** What four lives take at most, their starts included; an outage that is longer has a whole long life in it, whenever it begins. */
export const surelySeenMs = ({ shortMs, longMs }: KillPlan): number => (LONG_EVERY - 1) * shortMs + 2 * longMs;

/**
 * Kills again and again at random, with an immediate start after each: some lives are over before they have begun, and
 * half of them end just after a message was sent. The last life goes on.
 */
export async function killAgainAndAgain(mortal: Mortal, plan: KillPlan, random: Random, ledger: Ledger): Promise<void> {
  await mortal.begin();
  for (let kill = 1; kill <= plan.kills; kill++) {
    const lifeMs = kill % LONG_EVERY === 0 ? plan.longMs : random.between(0, plan.shortMs);
    const afterMs = random.between(0, AFTER_MESSAGE_MS);
    const waitsForMessage = random.chance(0.5);
    if (kill % LONG_EVERY === 0 || !waitsForMessage) await sleep(lifeMs);
    else await untilMessage(ledger, lifeMs, afterMs);
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
