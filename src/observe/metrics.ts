import type { Instant } from '../core/clock.ts';
import type { MeasureSpec } from '../core/measure.ts';
import { type FailureReason, OUTCOMES, type Outcome, type ProbeResult, type Sample } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { type Declared, type Families, type Family, openFamilies, type Place } from './family.ts';
import { escapeLabel, fits, openShapes, type Shape } from './shape.ts';

/** The latest that is known of a target. */
export interface Row {
  readonly target: Target;
  /** `{target="api",instance="api"`: each line of the target begins so. */
  readonly prefix: string;
  readonly own: ReadonlyMap<string, Place>;
  shape: Shape | undefined;
  /** By the shape's keys. Plain arrays: a typed one costs 200 bytes more, which 10,000 targets feel. */
  values: number[];
  at: Instant | undefined;
  durationMs: number | undefined;
  failure: { readonly reason: FailureReason; readonly message: string } | undefined;
  evidence: Readonly<Record<string, string>> | undefined;
  /** By the order of OUTCOMES. */
  readonly counts: number[];
}

/** Latest values of every target; what a failed probe did not measure is absent, never the last good value. */
export interface Metrics {
  families(): readonly Family[];
  record(result: ProbeResult): void;
  /** Takes these targets from now on; the others' series are gone. */
  retarget(targets: readonly Observed[], exporterNames: (type: string) => boolean): void;
  rows(): Iterable<Row>;
  row(target: string): Row | undefined;
  /** A target's measures as last seen. */
  measures(target: string): readonly Sample[];
}

export interface Observed {
  readonly target: Target;
  /** Measures that only this target has, by its config. */
  readonly ownMeasures: readonly MeasureSpec[];
}

const INDEX = Object.fromEntries(OUTCOMES.map((outcome, index) => [outcome, index])) as Record<Outcome, number>;

/** An empty memory of latest values for these types. */
export function openMetrics(types: readonly Declared[]): Metrics {
  let families: Families = openFamilies(types, () => true);
  let shapes = openShapes();
  let named: string | undefined;
  let owners: readonly Target[] = [];
  const rows = new Map<string, Row>();
  const measureNames = new Map(types.map((t) => [t.type, new Set(t.measures.map((measure) => measure.name))]));

  const shapeOf = (row: Row, samples: readonly Sample[]): Shape => {
    const { type } = row.target;
    const kind = row.own.size === 0 ? type : `${type} of ${row.target.name}`;
    return shapes.of(samples, kind, (name) => row.own.get(name) ?? families.place(type, name));
  };

  /** Whether each sample goes where it went before: the same types speak, and the same targets have measures of their own. */
  const keepsNames = (targets: readonly Observed[], exporterNames: (type: string) => boolean): boolean => {
    const before = { named, owners };
    named = types.map(({ type }) => (exporterNames(type) ? type : '')).join();
    owners = targets.filter(({ ownMeasures }) => ownMeasures.length > 0).map(({ target }) => target);
    const stay = owners.length === before.owners.length && owners.every((one, at) => one === before.owners[at]);
    return stay && named === before.named;
  };

  const take = (row: Row, samples: readonly Sample[]) => {
    if (row.shape === undefined || !fits(row.shape, samples)) {
      row.shape = shapeOf(row, samples);
      row.values = new Array<number>(samples.length).fill(Number.NaN);
    }
    for (let i = 0; i < samples.length; i++) row.values[i] = samples[i]?.value ?? Number.NaN;
  };

  return {
    families: () => families.all,
    record(result) {
      const row = rows.get(result.target);
      if (row === undefined) return;
      const index = INDEX[result.outcome];
      row.counts[index] = (row.counts[index] ?? 0) + 1;
      if (result.outcome === 'skipped' || result.outcome === 'inconclusive') return;
      row.at = result.at;
      row.durationMs = result.durationMs;
      row.evidence = result.evidence;
      row.failure = result.outcome === 'down' ? { reason: result.reason, message: result.message } : undefined;
      take(row, result.series.length === 0 ? result.measures : [...result.measures, ...result.series]);
    },
    retarget(targets, exporterNames) {
      const before = new Map(rows);
      // As long as every name stays what it is, so does the row of a target that nothing has changed.
      const stays = keepsNames(targets, exporterNames);
      if (!stays) {
        families = openFamilies(types, exporterNames);
        shapes = openShapes();
      }
      rows.clear();
      for (const { target, ownMeasures } of targets) {
        const old = before.get(target.name);
        if (stays && old?.target === target) {
          rows.set(target.name, old);
          continue;
        }
        const own = families.own(target.type, ownMeasures);
        const keep = old?.target.type === target.type ? old : undefined;
        const row = newRow(target, own, keep);
        // The names may have changed: the values that are known find their new places. Nobody measures what is paused.
        if (keep?.shape !== undefined && target.enabled) row.shape = shapeOf(row, samplesOf(keep.shape, keep.values));
        rows.set(target.name, row);
      }
    },
    rows: () => rows.values(),
    row: (target) => rows.get(target),
    measures(target) {
      const row = rows.get(target);
      if (row?.shape === undefined) return [];
      const known = measureNames.get(row.target.type);
      return row.shape.keys.flatMap(({ name, labels }, index) =>
        known?.has(name) === true || row.own.has(name)
          ? [{ name, value: row.values[index] ?? Number.NaN, ...(labels === undefined ? {} : { labels }) }]
          : [],
      );
    },
  };
}

function samplesOf({ keys }: Shape, values: readonly number[]): Sample[] {
  return keys.map(({ name, labels }, index) => ({
    name,
    value: values[index] ?? Number.NaN,
    ...(labels === undefined ? {} : { labels }),
  }));
}

function newRow(target: Target, own: ReadonlyMap<string, Place>, old: Row | undefined): Row {
  const last = target.enabled ? old : undefined;
  return {
    target,
    own,
    prefix: `{target="${escapeLabel(target.name)}",instance="${escapeLabel(target.instance)}"`,
    shape: undefined,
    values: last?.values ?? [],
    at: old?.at,
    durationMs: last?.durationMs,
    failure: last?.failure,
    evidence: last?.evidence,
    counts: old?.counts ?? OUTCOMES.map(() => 0),
  };
}
