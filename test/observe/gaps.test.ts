import { describe, expect, it } from 'vitest';
import type { LogFields } from '../../src/core/log.ts';
import type { Gap, ProbeResult } from '../../src/core/result.ts';
import { openGaps } from '../../src/observe/gaps.ts';

const DENIED: Gap = { measures: ['longest_query'], why: 'permission denied for pg_stat_activity' };
const LATE: Gap = { measures: ['database_size'], why: 'not in time' };

const up = (...gaps: readonly Gap[]): ProbeResult => ({
  target: 'db',
  turn: 'scheduled',
  at: { monoMs: 0, wallMs: 0 },
  outcome: 'up',
  durationMs: 1,
  measures: [],
  series: [],
  gaps,
});

function bench() {
  const said: string[] = [];
  const quiet = () => {};
  const warn = (fields: LogFields) => void said.push(`${fields['target']}: ${fields['measures']}: ${fields['why']}`);
  return { said, gaps: openGaps({ debug: quiet, info: quiet, error: quiet, warn }) };
}

describe('measures that cannot be had', () => {
  it('are said once, with the reason', () => {
    const { said, gaps } = bench();
    for (let i = 0; i < 5; i++) gaps.onResult(up(DENIED));
    expect(said).toEqual(['db: longest_query: permission denied for pg_stat_activity']);
  });

  it('are said again after they could be had in between', () => {
    const { said, gaps } = bench();
    for (const result of [up(DENIED), up(), up(DENIED)]) gaps.onResult(result);
    expect(said).toHaveLength(2);
  });

  it('are each said when they come one after the other', () => {
    const { said, gaps } = bench();
    for (const result of [up(DENIED), up(DENIED, LATE), up(LATE)]) gaps.onResult(result);
    expect(said).toHaveLength(2);
  });

  it('are forgotten with a target that left', () => {
    const { said, gaps } = bench();
    gaps.onResult(up(DENIED));
    gaps.retain(new Set());
    gaps.onResult(up(DENIED));
    expect(said).toHaveLength(2);
  });
});
