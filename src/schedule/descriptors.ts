import { readFileSync } from 'node:fs';

/** Where the limit cannot be read: what most systems give a process. */
const USUAL = 1024;
/** The rest is for the store, the listener, log files and receivers. */
const PROBES_SHARE = 0.8;

/** How many probes may be in flight: 80 % of this process' descriptor limit, at most `most`. */
export function inFlightLimit(
  most: number,
  limits: () => string = () => readFileSync('/proc/self/limits', 'utf8'),
): number {
  return Math.max(1, Math.min(most, Math.floor(descriptorLimit(limits) * PROBES_SHARE)));
}

function descriptorLimit(limits: () => string): number {
  let text: string;
  try {
    text = limits();
  } catch {
    return USUAL; // not Linux
  }
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(text)?.[1];
  if (soft === undefined) return USUAL;
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
}
