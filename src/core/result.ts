import type { Instant } from './clock.ts';
import type { Labels } from './labels.ts';

/** Why a probe failed: the closed list of `outrider_probe_failure_info{reason}`. */
export const FAILURE_REASONS = [
  'timeout',
  'dns',
  'refused',
  'reset',
  'tls',
  'auth',
  'protocol',
  'assertion',
  'unavailable',
  'limit',
  'internal',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** One value in base units (seconds, bytes, ratio 0 to 1, count; words as the index of their gravity). */
export interface Sample {
  readonly name: string;
  readonly value: number;
  readonly labels?: Labels;
}

/** Measures that could not be had although the service is up, and why in words for people (`permission denied …`). */
export interface Gap {
  readonly measures: readonly string[];
  readonly why: string;
}

export interface Failure {
  readonly reason: FailureReason;
  /** A sentence that a person understands, without any secret: `connection refused by 127.0.0.1:5432`. */
  readonly message: string;
  /** Set where nobody answered and the system itself said so by a code (no route, network down): it may be our own network. */
  readonly unreachable?: true;
}

interface Seen {
  /** The health question alone (connect and `select 1`; PING; metadata; the whole HTTP exchange), never the statistics. */
  readonly durationMs: number;
  /** By the names that the type's `measures` declare; `up`, `failed` and `duration` are added by the runner. */
  readonly measures: readonly Sample[];
  /** By the metric names that the type's `series` declare: what exporters have and no rule needs. */
  readonly series: readonly Sample[];
  readonly gaps?: readonly Gap[];
  /** Facts for people, name → text, redacted and short. */
  readonly evidence?: Readonly<Record<string, string>>;
}

/** What one look at the service saw; only `judge/` says what it means. */
export type Observation = Seen & ({ readonly outcome: 'up' } | ({ readonly outcome: 'down' } & Failure));

/** `scheduled` results are samples; `extra` ones (confirm, dependency, by hand) only update latest values and counters. */
export type Turn = 'scheduled' | 'extra';

interface Ran {
  readonly target: string;
  readonly turn: Turn;
  /** When the probe began. */
  readonly at: Instant;
}

export const INCONCLUSIVE_WHYS = ['own-stall', 'own-network', 'own-limits'] as const;
export const SKIP_WHYS = ['overlap', 'saturated', 'stopping'] as const;

export type ProbeResult =
  | (Ran & Observation)
  | (Ran & {
      readonly outcome: 'inconclusive';
      readonly why: (typeof INCONCLUSIVE_WHYS)[number];
      readonly message: string;
    })
  | (Ran & { readonly outcome: 'skipped'; readonly why: (typeof SKIP_WHYS)[number] });

export type Outcome = ProbeResult['outcome'];
export const OUTCOMES = ['up', 'down', 'inconclusive', 'skipped'] as const satisfies readonly Outcome[];
