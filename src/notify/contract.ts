import type { LookupAddress } from 'node:dns';
import type { z } from 'zod';
import type { Notice } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';

export const DELIVERY_FAILURES = ['client', 'server', 'auth', 'rate-limited', 'timeout', 'network'] as const;

/** What a receiver answered. `retry: false` is final: the same message would be refused again. */
export type Delivery =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly retry: boolean;
      readonly reason: (typeof DELIVERY_FAILURES)[number];
      readonly message: string;
      readonly retryAfterMs?: number;
    };

/** One address that is told, with a queue of its own: a dead one delays none of the others. */
export interface Peer extends AsyncDisposable {
  /** For people and metrics, without secrets: `http://alertmanager:9093`. */
  readonly name: string;
  /** Tells all of the notices in one message, in their order; no alert is in it twice. */
  send(
    notices: readonly Notice[],
    context: {
      readonly nowMs: number;
      readonly signal: AbortSignal;
      /** What else of their group fires, as far as the peer was told; nothing where messages are not `grouped`. */
      readonly standing: readonly Notice['alert'][];
    },
  ): Promise<Delivery>;
}

export interface ReceiverEnvironment {
  readonly clock: Clock;
  readonly log: Logger;
  /** The addresses that a name has now; ends when the signal aborts. */
  readonly lookUp: (host: string, signal: AbortSignal) => Promise<Found>;
  /** The folder that relative file names in the config go by. */
  readonly filesFrom: string;
  /** The receiver's name in the config. */
  readonly receiver: string;
  /** Where Outrider's own pages are, where that is known. */
  readonly externalUrl: string | undefined;
}

/** Addresses, or a sentence that says why there are none. */
export type Found =
  | { readonly ok: true; readonly addresses: readonly [LookupAddress, ...LookupAddress[]] }
  | { readonly ok: false; readonly message: string };

/** How notices are handed to the peers of a kind of receiver. */
export interface DeliveryManner {
  /** Most alerts in one message. */
  readonly batch: number;
  /**
   * A message tells of one group, of beginnings and ends alone, and is told again unchanged until it is taken.
   * Otherwise it tells whatever waits.
   */
  readonly grouped?: true;
  /** It is told of alerts too that came from another Alertmanager client. */
  readonly external?: true;
  /** What is firing is told again this often, undefined never; ms. */
  readonly resendMs: number | undefined;
  /** What has ended is told again, with the firing, for this long; ms. */
  readonly keepResolvedMs: number;
  /** Attempts are at most this far apart, unless the receiver asks for more; ms. */
  readonly longestBackoffMs: number;
}

/** A kind of receiver. One file, one test, one line in `registry.ts`. */
export interface ReceiverType<S extends z.ZodType<{ type: string }> = z.ZodType<{ type: string }>> {
  readonly type: z.output<S>['type'];
  /** A strict object of its keys, with `type` as a literal. */
  readonly schema: S;
  readonly manner: DeliveryManner;
  open(settings: z.output<S>, environment: ReceiverEnvironment): Promise<readonly Peer[]>;
}
