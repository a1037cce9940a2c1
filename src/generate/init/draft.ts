/** A value of a target's key: YAML's plain values, written in flow style where they are not scalars. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

export interface Key {
  readonly key: string;
  readonly value: Value;
  /** What stands behind it. */
  readonly comment?: string;
}

export interface Dependency {
  readonly name: string;
  readonly soft: boolean;
}

/** A target as it will be written. */
export interface DraftTarget {
  readonly name: string;
  readonly type: string;
  /** Lines of comment above its keys. */
  readonly about: readonly string[];
  readonly keys: readonly Key[];
  readonly critical: boolean | undefined;
  readonly dependsOn: readonly Dependency[];
}

export const REASONS = {
  'no-probe-type': 'there is no probe for it yet',
  'nothing-to-ask': 'it has no port and no HTTP health check to ask',
  'runs-once': 'it runs once and ends',
  profile: 'its profile is not active',
  'not-started': 'it is not started: it has no replicas',
  itself: 'it is Outrider',
} as const;
export type Reason = keyof typeof REASONS;

/** What no target was made of. */
export interface LeftOut {
  readonly name: string;
  readonly reason: Reason;
  /** More than the reason alone: what it is, which profile. */
  readonly detail?: string;
}

/** A config that is about to be written, and what is to be said of it. */
export interface Draft {
  readonly service: string;
  /** What it was made from, for the first lines: `docker-compose.yml`. */
  readonly from: string;
  readonly targets: readonly DraftTarget[];
  readonly leftOut: readonly LeftOut[];
  /** What was guessed, could not be read or has no counterpart: sentences. */
  readonly remarks: readonly string[];
  readonly alertmanagers: readonly string[];
}
