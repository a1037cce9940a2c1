import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeResult, Turn } from '../../src/core/result.ts';
import { type Standing, type Step, step, type VerdictRules } from '../../src/judge/standing.ts';

const RULES: VerdictRules = { intervalMs: 10_000, confirm: 1, recover: 2, startupGraceMs: 0 };
const START_MS = 1_000_000;

/** One letter a result: `u`p and `d`own are scheduled, `U` and `D` out of turn; `i`nconclusive, `s`kipped. */
type Letter = 'u' | 'd' | 'U' | 'D' | 'i' | 's';

function resultOf(letter: Letter, atMs: number): ProbeResult {
  const turn: Turn = letter === letter.toLowerCase() ? 'scheduled' : 'extra';
  const ran = { target: 'api', turn, at: { monoMs: atMs, wallMs: START_MS + atMs } };
  if (letter === 'i') return { ...ran, outcome: 'inconclusive', why: 'own-limits', message: '' };
  if (letter === 's') return { ...ran, outcome: 'skipped', why: 'overlap' };
  const seen = { ...ran, durationMs: 30, measures: [], series: [] };
  if (letter.toLowerCase() === 'u') return { ...seen, outcome: 'up' };
  return { ...seen, outcome: 'down', reason: 'refused', message: `refused at ${atMs}` };
}

/** The steps of these results, a second apart. */
function play(letters: string, rules: Partial<VerdictRules> = {}): readonly Step[] {
  const steps: Step[] = [];
  for (const [index, letter] of [...letters].entries()) {
    const before = steps.at(-1)?.standing;
    steps.push(step(before, resultOf(letter as Letter, index * 1000), { ...RULES, ...rules }));
  }
  return steps;
}

const verdicts = (steps: readonly Step[]): string =>
  steps.map(({ standing }) => ({ up: 'u', down: 'd', unknown: '?' })[standing?.verdict ?? 'unknown']).join('');

describe('a verdict', () => {
  it.each([
    { results: 'u', says: 'u', rule: 'is up after one success' },
    { results: 'ud', says: 'uu', rule: 'bears one failure' },
    { results: 'udD', says: 'uud', rule: 'is down when the re-probe fails too' },
    { results: 'udd', says: 'uud', rule: 'is down when the next turn comes before the re-probe' },
    { results: 'udU', says: 'uuu', rule: 'stays up when the re-probe succeeds' },
    { results: 'udUdUdU', says: 'uuuuuuu', rule: 'never adds up failures that were not in a row' },
    { results: 'udiD', says: 'uuud', rule: 'goes on counting past what says nothing' },
    { results: 'udDu', says: 'uudd', rule: 'bears one success' },
    { results: 'udDuu', says: 'uuddu', rule: 'is up after two successes' },
    { results: 'udDudu', says: 'uudddd', rule: 'wants its successes in a row' },
    { results: 'udDuUUU', says: 'uuddddd', rule: 'counts no success out of turn towards recovery' },
    { results: 'udDuDu', says: 'uudddu', rule: 'counts no failure out of turn against recovery' },
    { results: 'udDusiu', says: 'uuddddu', rule: 'recovers past what says nothing' },
    { results: 'is', says: '??', rule: 'is unknown before anything was seen' },
    { results: 'd', says: '?', rule: 'is unknown after one failure alone' },
  ])('$rule: $results', ({ results, says }) => {
    expect(verdicts(play(results))).toBe(says);
  });

  it('needs no re-probe where `confirm` is 0', () => {
    expect(verdicts(play('ud', { confirm: 0 }))).toBe('ud');
    expect(play('ud', { confirm: 0 })[1]).toMatchObject({ began: true });
    expect(play('ud', { confirm: 0 })[1]).not.toHaveProperty('confirmAfterMs');
  });

  it('is down since its first failed probe, and up since the success that completed its recovery', () => {
    const steps = play('uidiDuu');
    expect(steps[4]?.standing).toMatchObject({ verdict: 'down', sinceMs: START_MS + 2000 });
    expect(steps[6]?.standing).toMatchObject({ verdict: 'up', sinceMs: START_MS + 6000, failing: undefined });
  });

  it('tells what the last failure said', () => {
    expect(play('udDd').at(-1)?.standing?.failing).toMatchObject({ message: 'refused at 3000', count: 3 });
  });
});

describe('a re-probe', () => {
  it.each([
    { intervalMs: 2000, afterMs: 200 },
    { intervalMs: 10_000, afterMs: 1000 },
    { intervalMs: 3_600_000, afterMs: 1000 },
  ])('of a target every $intervalMs ms is asked for after $afterMs ms', ({ intervalMs, afterMs }) => {
    expect(play('ud', { intervalMs })[1]?.confirmAfterMs).toBe(afterMs);
  });

  it('is asked for after each failure that is not confirmed, and not after', () => {
    const asked = play('udDDdd', { confirm: 2 }).map(({ confirmAfterMs }) => confirmAfterMs !== undefined);
    expect(asked).toEqual([false, true, true, false, false, false]);
  });

  it('comes with a look at the dependencies at the first failure only', () => {
    const began = play('udDduud').map(({ began: isFirst }) => isFirst === true);
    expect(began).toEqual([false, true, false, false, false, false, true]);
  });
});

describe('a target that was never up', () => {
  it('stays unknown for its startup grace, counted from the first result', () => {
    expect(verdicts(play('dddddd', { startupGraceMs: 4000 }))).toBe('????dd');
  });

  it('has no grace any more once it was up', () => {
    expect(verdicts(play('udd', { startupGraceMs: 60_000 }))).toBe('uud');
  });

  it('is looked at when its grace ends, if its next turn comes later', () => {
    const asked = play('dDdd', { startupGraceMs: 5000, intervalMs: 3000 }).map((each) => each.confirmAfterMs);
    expect(asked).toEqual([300, undefined, undefined, 2000]);
  });
});

describe('any course of results', () => {
  const letters = fc.array(fc.constantFrom<Letter>('u', 'd', 'd', 'U', 'D', 'i', 's'), { maxLength: 40 });
  const rules = fc.record({
    intervalMs: fc.constantFrom(1000, 60_000),
    confirm: fc.nat(3),
    recover: fc.integer({ min: 1, max: 3 }),
    startupGraceMs: fc.constantFrom(0, 10_000),
  });

  it('is down after `confirm` + 1 failures in a row, until `recover` scheduled successes without a failed turn', () => {
    fc.assert(
      fc.property(letters, rules, (course, own) => {
        const said = verdicts(play(course.join(''), own));
        expect(said).toBe(oracle(course, own));
      }),
      { numRuns: 1000 },
    );
  });

  it('is not changed at all by a probe that was left out', () => {
    fc.assert(
      fc.property(letters, rules, (course, own) => {
        const before: Standing | undefined = play(course.join(''), own).at(-1)?.standing;
        const after = step(before, resultOf('s', 99_000), { ...RULES, ...own });
        expect(after).toEqual({ standing: before });
      }),
    );
  });

  it('is kept by an inconclusive result, which asks for another look', () => {
    fc.assert(
      fc.property(letters, rules, (course, own) => {
        const before: Standing | undefined = play(course.join(''), own).at(-1)?.standing;
        const all = { ...RULES, ...own };
        const { standing, confirmAfterMs } = step(before, resultOf('i', 99_000), all);
        const { verdict, failing, successes, everUp } = before ?? { verdict: 'unknown', successes: 0, everUp: false };
        expect(standing).toMatchObject({ verdict, successes, everUp });
        expect(standing?.failing).toEqual(failing);
        expect(standing?.blindMs).toBeLessThanOrEqual(99_000);
        expect(confirmAfterMs).toBe(Math.min(1000, all.intervalMs / 10));
      }),
    );
  });

  it('knows since when it fails exactly while a failure is not made good', () => {
    fc.assert(
      fc.property(letters, rules, (course, own) => {
        for (const { standing } of play(course.join(''), own)) {
          if (standing?.verdict === 'down') expect(standing.failing).toBeDefined();
          expect(standing?.failing?.seenMs).toBe(
            standing?.failing === undefined ? undefined : standing.failing.since.monoMs + 30,
          );
        }
      }),
    );
  });
});

/** The contract once more, from the whole course instead of step by step. */
function oracle(course: readonly Letter[], { confirm, recover, startupGraceMs }: VerdictRules): string {
  let said = '';
  let verdict = '?';
  let failures = 0;
  let successes = 0;
  let wasUp = false;
  const firstMs = course.findIndex((letter) => 'uUdD'.includes(letter)) * 1000;
  for (const [index, letter] of course.entries()) {
    if (letter === 'd') successes = 0;
    if (letter === 'd' || letter === 'D') failures++;
    if (letter === 'u' && verdict === 'd') successes++;
    const isGood = letter === 'u' || letter === 'U';
    if (isGood && (verdict !== 'd' || successes >= recover)) {
      [verdict, wasUp, failures, successes] = ['u', true, 0, 0];
    }
    const isOver = wasUp || index * 1000 - firstMs >= startupGraceMs;
    if (failures > confirm && isOver && !isGood && letter !== 'i' && letter !== 's') verdict = 'd';
    said += verdict;
  }
  return said;
}
