import type { Clock } from './core/clock.ts';
import { DAY_MS, type History, HOUR_MS, MINUTE_MS, type Point, SUMMARY_SPANS, type Summary } from './core/history.ts';
import type { HistoryAsk, HistoryView, Unavailable } from './web/view.ts';

/** What was read is good for this long. */
const FRESH_MS = 30_000;
/** A reader waits no longer. */
const PATIENCE_MS = 2000;
/** Of one call, so that what is written gets between. */
const TARGETS_AT_ONCE = 100;
/** More are not read at the same time. */
const MOST_READERS = 16;
const MOST_CHANGES = 1000;
/** A chart of more points shows no more. */
const ENOUGH_POINTS = 500;
const STEPS_MS = [1, 5, 15, 60, 6 * 60, 24 * 60, 7 * 24 * 60].map((minutes) => minutes * MINUTE_MS);

/** Looks back at history for people; what cannot be read in time is left out, or said to be. */
export interface Retrospect {
  summaries(targets: readonly string[]): Promise<ReadonlyMap<string, Summary>>;
  /** `minutesMs` is how long minutes are kept. */
  history(ask: HistoryAsk, minutesMs: number): Promise<Omit<HistoryView, 'unit'> | Unavailable>;
}

/** Where no history is kept, nothing is known. */
export function openRetrospect(history: History | undefined, clock: Clock): Retrospect {
  const known = new Map<string, { readonly atMs: number; readonly summary: Summary }>();
  let readers = 0;

  const inTime = async <T>(read: Promise<T>): Promise<T | undefined> => {
    let late: Disposable | undefined;
    const deadline = new Promise<undefined>((resolve) => {
      late = clock.after(PATIENCE_MS, () => resolve(undefined));
    });
    readers++;
    const done = read.finally(() => {
      readers--;
    });
    try {
      return await Promise.race([done, deadline]);
    } catch {
      return undefined; // who writes history says what is wrong with it
    } finally {
      late?.[Symbol.dispose]();
      done.catch(() => {});
    }
  };

  const readAll = async (from: History, targets: readonly string[]): Promise<void> => {
    const { wallMs, monoMs } = clock.now();
    const spans = Object.values(SUMMARY_SPANS).map((ms) => ({ fromMs: wallMs - ms, toMs: wallMs + 1 }));
    for (let at = 0; at < targets.length && clock.monoMs() - monoMs < PATIENCE_MS; at += TARGETS_AT_ONCE) {
      const some = targets.slice(at, at + TARGETS_AT_ONCE);
      const points = await from.summaries(some, spans);
      for (const [index, target] of some.entries())
        known.set(target, { atMs: monoMs, summary: summaryOf(points[index] ?? []) });
    }
  };

  return {
    async summaries(targets) {
      const freshMs = clock.monoMs() - FRESH_MS;
      for (const [target, { atMs }] of known) if (atMs < freshMs) known.delete(target);
      const missing = targets.filter((target) => !known.has(target));
      if (history !== undefined && missing.length > 0 && readers < MOST_READERS)
        await inTime(readAll(history, missing));
      return new Map(
        targets.flatMap((target) => {
          const summary = known.get(target)?.summary;
          return summary === undefined ? [] : [[target, summary] as const];
        }),
      );
    },
    async history(ask, minutesMs) {
      const { target, measure, fromMs, toMs } = ask;
      const stepMs = ask.stepMs ?? stepOf(ask, clock.now().wallMs - minutesMs);
      if (history === undefined) return { stepMs, series: [], changes: [] };
      const span = { fromMs: Math.floor(fromMs / stepMs) * stepMs, toMs };
      const reads = () =>
        Promise.all([
          history.lines(target, measure, span, stepMs),
          history.changes(target, { fromMs, toMs }, MOST_CHANGES),
        ]);
      const seen = readers < MOST_READERS ? await inTime(reads()) : undefined;
      if (seen === undefined) return { unavailable: 'history cannot be read now' };
      const [series, changes] = seen;
      return { stepMs, series, changes };
    },
  };
}

/** The least step that gives no more points than a chart shows; minutes only where all of them are still kept. */
function stepOf({ fromMs, toMs }: HistoryAsk, minutesFromMs: number): number {
  const leastMs = fromMs < minutesFromMs ? HOUR_MS : MINUTE_MS;
  return STEPS_MS.find((ms) => ms >= leastMs && (toMs - fromMs) / ms <= ENOUGH_POINTS) ?? 7 * DAY_MS;
}

function summaryOf(points: readonly (Point | undefined)[]): Summary {
  const names = Object.keys(SUMMARY_SPANS);
  return Object.fromEntries(
    points.flatMap((point, index) => (point === undefined ? [] : [[names[index] ?? '', point] as const])),
  );
}
