import { setImmediate as nextLoop } from 'node:timers/promises';
import type { FamilyHead } from './family.ts';

/** `text`: Prometheus 0.0.4; `openmetrics`: OpenMetrics 1.0. */
export const EXPOSITION_FORMATS = ['text', 'openmetrics'] as const;
export type ExpositionFormat = (typeof EXPOSITION_FORMATS)[number];

/** A family with its lines: each a series (name and labels) and its value, in one go. */
export interface Block extends FamilyHead {
  /** Whole lines without their end: `probe_success{target="api"} 1`. */
  lines(): Iterable<string>;
}

/** So many lines are written before probes get their turn again: a fraction of a millisecond. */
const LINES_PER_TURN = 400;

/** A number as both formats write it. */
export function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

const escapeHelp = (help: string): string => help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');

function head({ name, kind, help }: FamilyHead, format: ExpositionFormat): string {
  if (format === 'text') return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n`;
  // OpenMetrics knows a counter by the `_total` of its samples, which is no part of its name.
  const isCounter = kind === 'counter' && name.endsWith('_total');
  const family = isCounter ? name.slice(0, -'_total'.length) : name;
  const type = kind === 'untyped' || (kind === 'counter' && !isCounter) ? 'unknown' : kind;
  return `# HELP ${family} ${escapeHelp(help).replace(/"/g, '\\"')}\n# TYPE ${family} ${type}\n`;
}

/**
 * Writes the blocks in chunks, giving way to the event loop between them: a large /metrics delays no probe.
 * Families without a series are left out.
 */
export async function* exposition(blocks: Iterable<Block>, format: ExpositionFormat): AsyncGenerator<string> {
  let chunk = '';
  let lines = 0;
  for (const block of blocks) {
    let first = true;
    for (const line of block.lines()) {
      if (first) chunk += head(block, format);
      first = false;
      chunk += line;
      chunk += '\n';
      if (++lines % LINES_PER_TURN !== 0) continue;
      yield chunk;
      chunk = '';
      await nextLoop();
    }
  }
  yield format === 'openmetrics' ? `${chunk}# EOF\n` : chunk;
}
