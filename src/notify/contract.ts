import type { LookupAddress } from 'node:dns';
import type { z } from 'zod';
import type { Alert, Notice } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Labels } from '../core/labels.ts';
import type { Logger } from '../core/log.ts';
import type { Severity } from '../core/severity.ts';

/** `auth` and `missing`: it is the receiver that is set up wrongly, and it would refuse everything else too. */
export const DELIVERY_FAILURES = ['client', 'server', 'auth', 'missing', 'rate-limited', 'timeout', 'network'] as const;

/** What a receiver answered. `retry: false` is final: the same message would be refused again. */
export type Delivery =
  | {
      readonly ok: true;
      /** What further messages of this group go by, where they belong together: the `ts` of a Slack message. */
      readonly thread?: string;
    }
  | {
      readonly ok: false;
      readonly retry: boolean;
      readonly reason: (typeof DELIVERY_FAILURES)[number];
      readonly message: string;
      readonly retryAfterMs?: number;
      /** Nobody knows whether it was taken: the answer was lost, not the question. */
      readonly maybeTaken?: true;
    };

/** What a message tells of its group: that it begins, that more began, that some ended, that all ended, that it goes on, or nothing but that it arrives. */
export const STEPS = ['first', 'more', 'fewer', 'over', 'reminder', 'test'] as const;
export type Step = (typeof STEPS)[number];

/** What one peer is told at once: of one group, or whatever waits where its type is not `grouped`. */
export interface Message {
  readonly step: Step;
  /** Names the trouble, the same from its first message to the last. */
  readonly group: string;
  /** The labels that made it a group, where `group_by` did. */
  readonly groupLabels: Labels;
  /** What began or ended, in that order; no alert is in it twice. Empty in a reminder. */
  readonly changed: readonly Notice[];
  /** What else of the group fires, as far as the peer was told. */
  readonly standing: readonly Alert[];
  /** The group's first beginning, Unix epoch ms. */
  readonly sinceMs: number;
  /** 64 hex digits: the same for the same change of the same group at the same receiver, also after a restart. */
  readonly key: string;
  /** An earlier attempt may have been taken. */
  readonly isRepeat: boolean;
  /** What the peer answered to an earlier message of the group. */
  readonly thread: string | undefined;
}

/** One address that is told, with a queue of its own: a dead one delays none of the others. */
export interface Peer extends AsyncDisposable {
  /** For people and metrics, without secrets: `http://alertmanager:9093`. */
  readonly name: string;
  /** Sends one message; ends when the signal aborts. */
  send(message: Message, context: { readonly nowMs: number; readonly signal: AbortSignal }): Promise<Delivery>;
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
  /** The time zone of the people who are told, by its IANA name. */
  readonly timezone: string;
  /** The value of the label `severity` at Alertmanager. */
  readonly severityLabel: (severity: Severity) => string;
  /** Whether other receivers reach people too. */
  readonly reachesPeople: boolean;
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
  /** It reaches people: they are told after `hold`, and a flood of groups as one digest. */
  readonly people?: true;
  /** It knows a message by its key: told again, it is one. */
  readonly keyed?: true;
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
