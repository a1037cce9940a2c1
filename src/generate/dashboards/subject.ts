import type { AlertSpec, BuiltInAlert } from '../../core/alert.ts';
import { parseDurationMs } from '../../core/duration.ts';
import type { MeasureSpec } from '../../core/measure.ts';
import { SEVERITIES, type Severity, severityAt } from '../../core/severity.ts';
import type { Target } from '../../core/target.ts';
import { parseWhen } from '../../core/when/parse.ts';
import type { When } from '../../core/when/tree.ts';
import type { probeTypes } from '../../probe/registry.ts';

/** An alert whose threshold a dashboard draws, and where to read what to do. */
export interface Watch {
  readonly name: string;
  readonly when: When;
  readonly severity: Severity;
  readonly forMs: number;
  readonly runbook: string | undefined;
  /** Undefined: any target of the type has it. */
  readonly target: string | undefined;
  /** How often that target is probed. */
  readonly intervalMs?: number;
}

/** One type as dashboards see it: its measures, its series, what watches them. */
export interface Subject {
  readonly type: string;
  /** How people write it: `HTTP`. */
  readonly title: string;
  readonly measures: readonly MeasureSpec[];
  /** Those of the measures that the config defines by itself, with the targets that have them. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** Whether its measures stand under their exporter's names, beside that exporter's further series. */
  readonly exporterNames: boolean;
  /** Undefined where any target may come. */
  readonly targets: readonly string[] | undefined;
  readonly watches: readonly Watch[];
}

/** A type as it is without a config: any targets, the built-in alerts. */
export const builtInSubject = ({ type, title, measures, alerts }: (typeof probeTypes)[number]): Subject => ({
  type,
  title,
  measures,
  own: new Map(),
  exporterNames: true,
  targets: undefined,
  watches: alerts.flatMap(builtInWatch),
});

function builtInWatch({ name, when, for: wait = '0s', rank }: BuiltInAlert): readonly Watch[] {
  const parsed = parseWhen(when);
  if (!parsed.ok) return [];
  const place = rank === 'as-down' ? 1 : typeof rank === 'number' ? rank : rank.otherwise;
  const severity = severityAt(SEVERITIES, place);
  const forMs = parseDurationMs(wait) ?? 0;
  return [{ name, when: parsed.when, severity, forMs, runbook: undefined, target: undefined }];
}

/** An alert in force for a target. */
export const watchOf = (spec: AlertSpec, target: Pick<Target, 'name' | 'runbook' | 'intervalMs'>): Watch => ({
  name: spec.name,
  when: spec.when,
  severity: spec.severity,
  forMs: spec.forMs,
  runbook: spec.runbook ?? target.runbook,
  target: target.name,
  intervalMs: target.intervalMs,
});
