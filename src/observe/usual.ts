import { DAY_MS, HOUR_MS, type HourMean } from '../core/history.ts';
import { type Labels, labelsKey } from '../core/labels.ts';

/** A measure of a target that is compared with what it usually is. */
export interface Compared {
  readonly target: string;
  readonly measure: string;
}

/** What is to be read: the means of these hours say what is usual in the hour that begins at `hourMs`. */
export interface Question extends Compared {
  readonly hourMs: number;
  readonly hoursMs: readonly number[];
}

/**
 * What measures usually are: the mean of the same clock hour (UTC) on the days before, as many of seven as are known; days count
 * alike. As the rule that `outrider rules --independent` writes. Times are Unix epoch ms.
 */
export interface Usual {
  /** Takes these from now on; what is known of them stays. */
  retarget(compared: readonly Compared[]): void;
  /** What has to be read next; the hour to come is asked for before it begins. */
  question(nowMs: number): Question | undefined;
  /** A question that could not be answered is asked again. */
  again(question: Question): void;
  /** The answer to a question. */
  learn(question: Question, means: readonly HourMean[]): void;
  of(target: string, measure: string, labels: Labels, nowMs: number): number | undefined;
}

/** By the beginning of an hour, what is usual in it, by labels. */
type Known = Map<number, ReadonlyMap<string, number>>;

const DAYS = [1, 2, 3, 4, 5, 6, 7];
/** The hour to come is asked for this long before it begins. */
const AHEAD_MS = HOUR_MS / 2;

const keyOf = ({ target, measure }: Compared): string => `${measure} ${target}`;
const hourAt = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS;

/** Nothing is known yet. */
export function openUsual(): Usual {
  let known = new Map<string, { readonly of: Compared; readonly hours: Known }>();
  /** The hours that are wanted, and which of the measures have not been asked for them. */
  let wanted: readonly number[] = [];
  let rest: Question[] = [];

  const begin = () => {
    rest = [];
    for (const { of, hours } of known.values()) {
      for (const hourMs of hours.keys()) if (!wanted.includes(hourMs)) hours.delete(hourMs);
      for (const hourMs of wanted)
        if (!hours.has(hourMs)) rest.push({ ...of, hourMs, hoursMs: DAYS.map((day) => hourMs - day * DAY_MS) });
    }
    rest.reverse();
  };

  return {
    retarget(compared) {
      const before = known;
      known = new Map(
        compared.map((of) => {
          const key = keyOf(of);
          return [key, before.get(key) ?? { of, hours: new Map() }];
        }),
      );
      begin();
    },
    question(nowMs) {
      const hours = [...new Set([hourAt(nowMs), hourAt(nowMs + AHEAD_MS)])];
      if (hours.join() !== wanted.join()) {
        wanted = hours;
        begin();
      }
      return rest.pop();
    },
    again: (question) => void rest.push(question),
    learn(question, means) {
      const hours = known.get(keyOf(question))?.hours;
      if (hours === undefined || !wanted.includes(question.hourMs)) return;
      const byLabels = Map.groupBy(means, ({ labels }) => labelsKey(labels));
      hours.set(question.hourMs, new Map([...byLabels].map(([key, days]) => [key, meanOf(days)])));
    },
    of: (target, measure, labels, nowMs) =>
      known.get(keyOf({ target, measure }))?.hours.get(hourAt(nowMs))?.get(labelsKey(labels)),
  };
}

const meanOf = (days: readonly HourMean[]): number => days.reduce((sum, { mean }) => sum + mean, 0) / days.length;
