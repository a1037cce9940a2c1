import { type Checking, complain } from './checked.ts';
import type { FileKeys } from './file-schema.ts';

/** A target must calm down further than it takes to be called unsteady, or it would be called so again and again. */
export function checkFlapping(checking: Checking, { flapping }: Partial<FileKeys>): void {
  if (flapping === undefined || flapping.low < flapping.high) return;
  complain(checking, ['flapping', 'low'], {
    message: `expected less than high, which is ${percent(flapping.high)}; it is ${percent(flapping.low)}`,
  });
}

const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(12))}%`;
