import type { Unit } from '../measure.ts';
import type { Operand } from './tree.ts';

/** What kind of number a side of a comparison is; `quotient` is a count divided by a count. */
export interface Quantity {
  readonly base: Exclude<Unit, 'words'> | 'quotient';
  readonly perSecond: boolean;
}

/** What an operand yields whose measure has this unit. */
export function quantityOf(unit: Exclude<Unit, 'words'>, operand: Operand): Quantity {
  if (operand.kind !== 'aggregate') return { base: unit, perSecond: false };
  if (operand.fn === 'deviation') return { base: 'ratio', perSecond: false };
  if (operand.fn !== 'rate') return { base: unit, perSecond: false };
  // Seconds per second: the part of the time, as with CPU counters.
  return unit === 'seconds' ? { base: 'ratio', perSecond: false } : { base: unit, perSecond: true };
}

const isPlain = ({ base }: Quantity): boolean => base !== 'seconds' && base !== 'bytes';
const isSameBase = (a: Quantity, b: Quantity): boolean => a.base === b.base || (isPlain(a) && isPlain(b));

/** What `left / right` yields, or undefined where that has no meaning: seconds by bytes. */
export function dividedBy(left: Quantity, right: Quantity): Quantity | undefined {
  if (isSameBase(left, right) && left.perSecond === right.perSecond) return { base: 'quotient', perSecond: false };
  // What is waiting by what is done per second: how long it will take.
  if (isSameBase(left, right) && right.perSecond) return { base: 'seconds', perSecond: false };
  if (isPlain(right) && !right.perSecond) return isPlain(left) ? { ...left, base: 'quotient' } : left;
  return undefined;
}

/** For messages: `a time`, `a size per second`. */
export function inWords({ base, perSecond }: Quantity): string {
  const word = { count: 'a count', ratio: 'a ratio', quotient: 'a ratio', seconds: 'a time', bytes: 'a size' }[base];
  return perSecond ? `${word} per second` : word;
}
