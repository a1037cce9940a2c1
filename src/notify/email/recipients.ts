import type { Delivery } from '../contract.ts';

/** So many messages are remembered of which some recipients still wait. */
const MOST_MESSAGES = 100;

/** Who was refused while others were taken. */
export interface Refused {
  readonly address: string;
  readonly failure: Delivery;
}

export interface Verdict {
  /** Set where some may be taken later: the message is told again, to them alone. */
  readonly again: Delivery | undefined;
  readonly givenUp: readonly { readonly address: string; readonly why: string }[];
}

/** Who of the recipients still needs a message that the server took for others. */
export interface Recipients {
  left(key: string): readonly string[];
  /** After the server took the message for all but those. */
  settle(key: string, refused: readonly Refused[]): Verdict;
}

/** Recipients of one peer; what some still need is remembered until they have it, oldest forgotten first. */
export function openRecipients(all: readonly string[]): Recipients {
  const waiting = new Map<string, readonly string[]>();
  return {
    left: (key) => waiting.get(key) ?? all,
    settle(key, refused) {
      waiting.delete(key);
      const later: string[] = [];
      const givenUp: { address: string; why: string }[] = [];
      let again: Delivery | undefined;
      for (const { address, failure } of refused) {
        if (failure.ok) continue;
        if (failure.retry) {
          later.push(address);
          again ??= { ...failure, message: `${failure.message} (for ${address})` };
        } else givenUp.push({ address, why: failure.message });
      }
      if (later.length > 0) waiting.set(key, later);
      for (const oldest of [...waiting.keys()].slice(0, Math.max(0, waiting.size - MOST_MESSAGES)))
        waiting.delete(oldest);
      return { again, givenUp };
    },
  };
}
