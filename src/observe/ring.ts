/** Numbers under consecutive sequence numbers, from `first` up to but without `next`; dropped at the front, added at the end. */
export interface Ring {
  /** The number of sequence number `n` is at `n % length`. */
  numbers: Float64Array;
  first: number;
  next: number;
}

const SMALLEST = 8;

/** An empty ring whose first number will have this sequence number. */
export const openRing = (next: number): Ring => ({ numbers: new Float64Array(SMALLEST), first: next, next });

/** The number under a sequence number that the ring holds. */
export const numberAt = ({ numbers }: Ring, sequence: number): number =>
  numbers[sequence % numbers.length] ?? Number.NaN;

/** Drops the numbers before a sequence number. */
export function dropBefore(ring: Ring, sequence: number): void {
  ring.first = Math.max(ring.first, sequence);
  ring.next = Math.max(ring.next, ring.first);
}

/** Adds a number; a full ring doubles, but not beyond `most` before it must. */
export function push(ring: Ring, value: number, most: number): void {
  const held = ring.next - ring.first;
  if (held === ring.numbers.length) house(ring, held < most ? Math.min(2 * held, most) : held + Math.ceil(held / 4));
  ring.numbers[ring.next % ring.numbers.length] = value;
  ring.next++;
}

/** Gives back what a ring has room for beyond `most`, where that is much. */
export function shrink(ring: Ring, most: number): void {
  const least = Math.max(ring.next - ring.first, most, SMALLEST);
  if (ring.numbers.length > 2 * least) house(ring, least);
}

function house(ring: Ring, capacity: number): void {
  const numbers = new Float64Array(capacity);
  for (let sequence = ring.first; sequence < ring.next; sequence++)
    numbers[sequence % capacity] = numberAt(ring, sequence);
  ring.numbers = numbers;
}

/** The first sequence number of an ascending ring whose number is greater than `limit`; `next` where none is. */
export function firstAbove(ring: Ring, limit: number): number {
  let low = ring.first;
  let high = ring.next;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (numberAt(ring, middle) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
