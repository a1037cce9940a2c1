import type { Alert, AlertSpec, AlertState } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { Target } from '../core/target.ts';

/** More names than this help nobody at three in the morning. */
const SYMPTOMS_SHOWN = 20;

/** An alert as the judge finds it. */
export interface Found {
  readonly spec: AlertSpec;
  readonly phase: 'pending' | 'firing';
  /** The first failed probe. */
  readonly since: Instant;
  /** When the first failure was known, monotonic ms. */
  readonly seenMs: number;
  readonly message: string;
}

/** One active alert while it lasts. */
export interface Tracked {
  target: Target;
  spec: AlertSpec;
  readonly labels: Labels;
  readonly fingerprint: string;
  readonly generatorUrl: string | undefined;
  readonly since: Instant;
  readonly seenMs: number;
  phase: 'pending' | 'firing';
  message: string;
  /** When it began to fire, monotonic ms: the hold counts from here. */
  firingAtMs: number | undefined;
  /** Somebody was told of its beginning, hence will be told of its end. */
  told: boolean;
  /** Somebody was told of it under labels that a reload changed. */
  owed: boolean;
  /** The alerts that explain it now. */
  roots: readonly Tracked[];
  /** A root is gone and none that is told is left: when it fires on its own, monotonic ms. */
  freeAtMs: number | undefined;
  /** The alerts that it explains. */
  readonly symptoms: Set<Tracked>;
}

/** The labels that are the identity of an alert. */
export function alertLabels(service: string, target: Target, spec: AlertSpec): Labels {
  return {
    ...target.labels,
    ...spec.labels,
    alertname: spec.name,
    service,
    target: target.name,
    type: target.type,
    severity: spec.severity,
  };
}

/** What names an alert's origin: the service of the config, and where its pages are. */
export interface Origin {
  readonly service: string;
  /** Without a slash at its end; undefined where no external URL is known. */
  readonly externalUrl: string | undefined;
}

/** A new record of an alert that has just become active. */
export function track(origin: Origin, target: Target, { spec, since, seenMs, message }: Found): Tracked {
  const labels = alertLabels(origin.service, target, spec);
  const { externalUrl } = origin;
  return {
    target,
    spec,
    labels,
    fingerprint: fingerprint(labels),
    generatorUrl: externalUrl === undefined ? undefined : `${externalUrl}/targets/${encodeURIComponent(target.name)}`,
    since,
    seenMs,
    phase: 'pending',
    message,
    firingAtMs: undefined,
    told: false,
    owed: false,
    roots: [],
    freeAtMs: undefined,
    symptoms: new Set(),
  };
}

export const stateOf = (tracked: Tracked): AlertState =>
  tracked.told ? 'firing' : tracked.roots.length > 0 || tracked.freeAtMs !== undefined ? 'suppressed' : 'pending';

/** What receivers, UI and API see of it. */
export function present(tracked: Tracked): Alert {
  return {
    origin: 'own',
    fingerprint: tracked.fingerprint,
    labels: tracked.labels,
    annotations: annotations(tracked),
    severity: tracked.spec.severity,
    target: tracked.target.name,
    state: stateOf(tracked),
    startsAtMs: tracked.since.wallMs,
    generatorUrl: tracked.generatorUrl,
    suppressedBy: tracked.roots.map((root) => root.fingerprint),
    silencedBy: [],
    group: tracked.fingerprint,
  };
}

function annotations(tracked: Tracked): Labels {
  const { spec, target, message } = tracked;
  const runbook = spec.runbook ?? target.runbook;
  const notes: Record<string, string> = {
    summary: fill(spec.summary, tracked),
    description: spec.description === undefined ? message : fill(spec.description, tracked),
    evidence: message,
  };
  if (runbook !== undefined) Object.assign(notes, { runbook_url: runbook, runbook });
  if (target.dashboard !== undefined) notes['dashboard_url'] = target.dashboard;
  if (tracked.symptoms.size > 0) notes['symptoms'] = list(namesOf([...tracked.symptoms]).sort());
  if (tracked.roots.length > 0) notes['root_cause'] = list(namesOf(tracked.roots));
  return notes;
}

const namesOf = (alerts: readonly Tracked[]): string[] => [...new Set(alerts.map(({ target }) => target.name))];

function list(names: readonly string[]): string {
  const rest = names.length - SYMPTOMS_SHOWN;
  const shown = names.slice(0, SYMPTOMS_SHOWN).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

const PLACEHOLDER = /\{\{\s*([a-z]+)(?:\.([A-Za-z_][A-Za-z0-9_]*))?\s*\}\}/g;

/** Fills `{{ target }}`, `{{ value }}`, `{{ threshold }}` and `{{ labels.x }}`; anything else stays as it is. */
function fill(template: string, { target, labels }: Tracked): string {
  return template.replace(PLACEHOLDER, (whole, name: string, label: string | undefined) => {
    if (name === 'labels' && label !== undefined) return labels[label] ?? '';
    if (label !== undefined) return whole;
    if (name === 'target') return target.name;
    if (name === 'value') return 'down';
    return name === 'threshold' ? '' : whole;
  });
}
