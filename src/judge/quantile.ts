import type { Samples } from './aggregate.ts';

/**
 * The value that this part of the samples (0 to 1) does not exceed, between two of them by a straight line: quantile_over_time.
 * Exact. Reorders the values. NaN without samples.
 * Source: https://github.com/prometheus/prometheus/blob/main/promql/quantile.go
 */
export function quantileOf({ values, count }: Samples, part: number): number {
  if (count === 0) return Number.NaN;
  const rank = part * (count - 1);
  const below = Math.floor(rank);
  const lower = select(values, count, below);
  // What stands behind the selected one is not less.
  let upper = below + 1 < count ? Number.POSITIVE_INFINITY : lower;
  for (let i = below + 1; i < count; i++) {
    const value = values[i] ?? Number.NaN;
    if (value < upper) upper = value;
  }
  const weight = rank - below;
  return lower * (1 - weight) + upper * weight;
}

const at = (values: Float64Array, index: number): number => values[index] ?? Number.NaN;

/** Hoare's quickselect: afterwards `values[rank]` is what it would be if they were sorted, nothing before it is greater, nothing behind it less. */
function select(values: Float64Array, count: number, rank: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = middleOf(at(values, low), at(values, (low + high) >> 1), at(values, high));
    let left = low;
    let right = high;
    while (left <= right) {
      while (at(values, left) < pivot) left++;
      while (at(values, right) > pivot) right--;
      if (left > right) break;
      const swapped = at(values, left);
      values[left++] = at(values, right);
      values[right--] = swapped;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return at(values, rank);
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
