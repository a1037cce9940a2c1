import { type Alert, type AlertSpec, isOnDown } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import { OWN_NAME } from '../core/own-target.ts';
import { rankOf, type Severity } from '../core/severity.ts';
import type { Muted } from '../core/silence.ts';
import type { Target } from '../core/target.ts';

/** An alert as the judge finds it. */
export interface Found {
  readonly spec: AlertSpec;
  /** Tells the instances of one alert apart; empty for the only one. */
  readonly instance: string;
  /** The measure's labels. */
  readonly labels: Labels;
  /** After `raise`. */
  readonly severity: Severity;
  readonly phase: 'pending' | 'firing';
  /** The first failed probe, or when the condition began to hold. */
  readonly since: Instant;
  /** When that was known, and when it was known to fire for a threshold; monotonic ms. */
  readonly seenMs: number;
  readonly message: string;
  readonly value?: number | undefined;
  readonly threshold?: number | undefined;
}

/** The labels under which an alert is told; its identity. */
export interface Voice {
  readonly labels: Labels;
  readonly fingerprint: string;
  readonly severity: Severity;
}

/** A voice that somebody was told of, and not yet of its end. */
export interface Told {
  /** As it was told last. */
  alert: Alert;
  /** A graver voice has taken its place: it ends then; monotonic ms. */
  endsAtMs: number | undefined;
}

/** One active alert while it lasts. */
export interface Tracked {
  readonly key: string;
  readonly origin: Alert['origin'];
  target: Target;
  found: Found;
  voice: Voice;
  readonly annotations: Labels;
  readonly generatorUrl: string | undefined;
  /** When it began, where that is known from before a restart; Unix ms. */
  startsAtMs: number | undefined;
  /** By fingerprint. */
  readonly told: Map<string, Told>;
  /** When it began to fire, monotonic ms: the hold counts from here. */
  firingAtMs: number | undefined;
  /** What keeps it from being told now. */
  muted: Muted;
  /** The alerts that explain it now. */
  roots: readonly Tracked[];
  /** A root is gone and none that is told is left: when it fires on its own, monotonic ms. */
  freeAtMs: number | undefined;
  /** The alerts that it explains. */
  readonly symptoms: Set<Tracked>;
  group: string;
}

const NOT_MUTED: Muted = { silences: [], maintenance: [] };

/** What names an alert's origin: the service of the config, and where its pages are. */
export interface Origin {
  readonly service: string;
  /** Without a slash at its end; undefined where no external URL is known. */
  readonly externalUrl: string | undefined;
}

/** The labels that are the identity of an alert. */
export function alertLabels(service: string, target: Target, { spec, labels }: Found, severity: Severity): Labels {
  const about = target.name === OWN_NAME ? {} : { target: target.name, type: target.type };
  return { ...target.labels, ...labels, ...spec.labels, alertname: spec.name, service, ...about, severity };
}

/** The voice of these labels. */
export const voiceOf = (labels: Labels, severity: Severity): Voice => ({
  labels,
  fingerprint: fingerprint(labels),
  severity,
});

/** An alert's key among those of its target. */
export const keyOf = ({ spec, instance }: Found): string => (instance === '' ? spec.name : `${spec.name} ${instance}`);

/** A new record of an alert that has just become active. */
export function track(target: Target, found: Found, voice: Voice, more: Partial<Tracked> = {}): Tracked {
  return {
    key: keyOf(found),
    origin: 'own',
    target,
    found,
    voice,
    annotations: {},
    generatorUrl: undefined,
    startsAtMs: undefined,
    told: new Map(),
    firingAtMs: undefined,
    muted: NOT_MUTED,
    roots: [],
    freeAtMs: undefined,
    symptoms: new Set(),
    group: voice.fingerprint,
    ...more,
  };
}

export const isFiring = ({ found }: Tracked): boolean => found.phase === 'firing';
export const isTold = ({ told }: Tracked): boolean => told.size > 0;
export const isDown = ({ found }: Tracked): boolean => isOnDown(found.spec);
export const isMuted = ({ muted }: Tracked): boolean => muted.silences.length > 0 || muted.maintenance.length > 0;

/** The gravest of its own severity and its symptoms'. */
export function gravest({ found, symptoms, origin }: Tracked): Severity {
  let { severity } = found;
  if (origin === 'external') return severity;
  for (const symptom of symptoms)
    if (rankOf(symptom.found.severity) < rankOf(severity)) severity = symptom.found.severity;
  return severity;
}
