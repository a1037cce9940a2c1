import type { Alert } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import type { Target } from '../core/target.ts';
import type { Stand } from './causes.ts';
import type { Changes } from './changes.ts';
import type { Received } from './external.ts';
import type { Mutes } from './mutes.ts';
import type { Glimpse } from './present.ts';
import type { Said } from './teller.ts';
import type { Found, Origin } from './tracked.ts';

/** What the judge found of one target. */
export interface Finding {
  readonly target: Target;
  readonly active: readonly Found[];
  readonly began?: true;
}

export interface Correlated extends Said {
  readonly probeNow: readonly { readonly target: string; readonly afterMs: number }[];
}

export interface CorrelationRules extends Origin {
  /** Longest wait for the dependencies to be decided, ms. */
  readonly holdMs: number;
  /** How many of its intervals a symptom waits after its root is gone. */
  readonly grace: number;
  /** How close first failures in one place must be to be one trouble, ms. */
  readonly windowMs: number;
}

export interface CorrelatorOptions {
  readonly standing: (target: string) => Stand | undefined;
  readonly mutes: Mutes;
  readonly changes: Changes;
}

/** An alert, and why it is in its state. */
export interface Explained {
  readonly alert: Alert;
  readonly found: Found;
  readonly because: readonly string[];
}

export interface Correlator {
  onFinding(finding: Finding, now: Instant): Correlated;
  onTick(now: Instant): Correlated;
  /** Alerts from outside: new ones, ones that go on, and ends. */
  receive(alerts: readonly Received[], now: Instant): Correlated;
  /** Takes these targets from now on, with what is found of them; alerts of those that left end. */
  retarget(targets: readonly Target[], findings: readonly Finding[], rules: CorrelationRules, now: Instant): Correlated;
  /** Alerts that were told before a restart: they go on where they are found again, and end where they are not. */
  restore(alerts: readonly Alert[]): void;
  /** Alerts that people know of and that have not ended: those that fire, and those from before a restart. */
  told(): readonly Alert[];
  alerts(): readonly Alert[];
  /** Everything that is active, of which each is looked at only when it is its turn. */
  glimpses(): Iterable<Glimpse>;
  alertsOf(target: string): readonly Alert[];
  /** No more alerts from outside are taken before some are over. */
  isFull(): boolean;
  /** Undefined where no alert of this fingerprint is active. */
  explain(fingerprint: string, now: Instant): Explained | undefined;
}
