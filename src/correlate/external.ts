import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { fingerprint, type Labels, NO_LABELS } from '../core/labels.ts';
import { ownTarget } from '../core/own-target.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import type { Target } from '../core/target.ts';
import { type Found, type Tracked, track } from './tracked.ts';

/** An alert that another client of an Alertmanager sends: Prometheus. Times are Unix epoch ms. */
export interface Received {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number | undefined;
  /** From when on it is over; undefined: it lasts until it was not sent for `RESOLVE_MS`. */
  readonly endsAtMs: number | undefined;
  readonly generatorUrl: string | undefined;
}

/** As Alertmanager's resolve_timeout. Source: https://prometheus.io/docs/alerting/latest/configuration/ */
const RESOLVE_MS = 5 * 60_000;

const FROM_WORDS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'P1'],
  ['page', 'P1'],
  ['error', 'P1'],
  ['warning', 'P2'],
]);

/** Our severity for another's label: `P0` to `P3` as they are, the usual words, else the mildest. */
function severityOf(label: string | undefined): Severity {
  const same = SEVERITIES.find((severity) => severity === label);
  return same ?? FROM_WORDS.get((label ?? '').toLowerCase()) ?? 'P3';
}

/** More than this are not kept: a sender without end must not fill the memory. */
const MOST = 20_000;

/** The alerts that others sent and that are not over. */
export interface Externals {
  /** Takes a batch: the answer are those that are new; what goes on lasts longer, what is over is with the expired. */
  take(alerts: readonly Received[], now: Instant): readonly Tracked[];
  readonly isFull: boolean;
  /** Those that are over by now, each once. */
  expired(nowWallMs: number): readonly Tracked[];
  retarget(targets: readonly Target[]): void;
}

/** Opens an empty list. */
export function openExternals(): Externals {
  const known = new Map<string, { readonly tracked: Tracked; endsAtMs: number }>();
  let directory = openDirectory([]);

  const takeOne = (received: Received, now: Instant): readonly Tracked[] => {
    const fresh = trackExternal(received, directory(received.labels), now);
    const endsAtMs = received.endsAtMs ?? now.wallMs + RESOLVE_MS;
    const before = known.get(fresh.voice.fingerprint);
    if (before !== undefined) before.endsAtMs = endsAtMs;
    if (before !== undefined || endsAtMs <= now.wallMs || known.size >= MOST) return [];
    known.set(fresh.voice.fingerprint, { tracked: fresh, endsAtMs });
    return [fresh];
  };

  return {
    get isFull() {
      return known.size >= MOST;
    },
    take: (alerts, now) => alerts.flatMap((received) => takeOne(received, now)),
    expired(nowWallMs) {
      const over = [...known].filter(([, { endsAtMs }]) => endsAtMs <= nowWallMs);
      for (const [fingerprint] of over) known.delete(fingerprint);
      return over.map(([, { tracked }]) => tracked);
    },
    retarget(targets) {
      directory = openDirectory(targets);
    },
  };
}

/** Finds the target that labels speak of: by `target`, by `instance`, by `service`. */
function openDirectory(targets: readonly Target[]): (labels: Labels) => Target | undefined {
  const byName = new Map(targets.map((target) => [target.name, target]));
  const byInstance = new Map(targets.map((target) => [target.instance, target]));
  return ({ target = '', instance = '', service = '' }) =>
    byName.get(target) ?? byInstance.get(instance) ?? byName.get(service);
}

/** A record of an alert from outside, at the target that it speaks of, or at none. */
function trackExternal(received: Received, target: Target | undefined, now: Instant): Tracked {
  const { labels, annotations, generatorUrl } = received;
  const severity = severityOf(labels['severity']);
  const voice = { labels, fingerprint: fingerprint(labels), severity };
  const at = target ?? ownTarget(NO_LABELS);
  return track(at, foundOf(received, severity, now), voice, {
    key: `external ${voice.fingerprint}`,
    origin: 'external',
    annotations,
    generatorUrl,
  });
}

function foundOf({ labels, annotations, startsAtMs }: Received, severity: Severity, now: Instant): Found {
  const agoMs = startsAtMs === undefined ? 0 : now.wallMs - startsAtMs;
  return {
    spec: specOf(labels['alertname'] ?? '', severity, annotations['summary'] ?? ''),
    instance: '',
    labels,
    severity,
    phase: 'firing',
    since: { monoMs: now.monoMs - agoMs, wallMs: now.wallMs - agoMs },
    seenMs: now.monoMs,
    message: annotations['description'] ?? annotations['summary'] ?? '',
  };
}

const specOf = (name: string, severity: Severity, summary: string): AlertSpec => ({
  name,
  when: { text: 'judged elsewhere', tests: [{ kind: 'missing' }] },
  measures: [],
  forMs: 0,
  severity,
  keepFiringForMs: 0,
  raise: [],
  labels: {},
  summary,
  origin: 'own',
});
