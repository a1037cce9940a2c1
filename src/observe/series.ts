import type { Labels } from '../core/labels.ts';
import { dropBefore, firstAbove, openRing, push, type Ring } from './ring.ts';

/** Samples of one instance of a measure, at the monotonic times of their probes. */
export interface Series {
  readonly labels: Labels;
  /** Copies the samples of (`afterMs`, `untilMs`] into the arrays from their beginning, oldest first, and answers how many. The arrays have room. */
  read(afterMs: number, untilMs: number, times: Float64Array, values: Float64Array): number;
  /** How many samples it may hold at most. */
  readonly capacity: number;
}

/** A series whose times are its target's: the value of a probe has the sequence number of that probe's time. */
export interface HeldSeries extends Series {
  readonly times: Ring;
  readonly values: Ring;
  capacity: number;
}

/** An empty series. Its one function is shared with all others: each costs its numbers alone. */
export function openSeries(labels: Labels, times: Ring, sequence: number): HeldSeries {
  const values = openRing(sequence);
  return { labels, times, values, capacity: values.numbers.length, read };
}

/** Adds the value of the probe with this sequence number, and drops those before `from`; probes in between had none. */
export function add(series: HeldSeries, value: number, sequence: number, from: number, most: number): void {
  const { values } = series;
  dropBefore(values, from);
  while (values.next < sequence) push(values, Number.NaN, most);
  push(values, value, most);
  series.capacity = values.numbers.length;
}

function read(this: HeldSeries, afterMs: number, untilMs: number, times: Float64Array, values: Float64Array): number {
  const from = Math.max(firstAbove(this.times, afterMs), this.values.first);
  const { numbers: own } = this.times;
  const { numbers: held, next } = this.values;
  let timeAt = from % own.length;
  let valueAt = from % held.length;
  let count = 0;
  for (let sequence = from; sequence < next; sequence++) {
    const timeMs = own[timeAt] ?? Number.NaN;
    const value = held[valueAt] ?? Number.NaN;
    if (timeMs > untilMs) break;
    if (++timeAt === own.length) timeAt = 0;
    if (++valueAt === held.length) valueAt = 0;
    if (Number.isNaN(value)) continue;
    times[count] = timeMs;
    values[count] = value;
    count++;
  }
  return count;
}
