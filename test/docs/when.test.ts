import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MeasureSpec } from '../../src/core/measure.ts';
import { checkWhen } from '../../src/core/when/check.ts';
import { parseWhen } from '../../src/core/when/parse.ts';
import type { WhenProblem } from '../../src/core/when/tree.ts';
import { enter, isBurning, openLedger } from '../../src/judge/slo.ts';
import { probeTypes } from '../../src/probe/registry.ts';

const PAGE = readFileSync(new URL('../../docs/when.md', import.meta.url), 'utf8');

/** The lines of all fenced blocks of a kind, without empty ones and comments. */
const linesOf = (kind: string): readonly string[] =>
  [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, fence]) => fence === kind)
    .flatMap(([, , body = '']) => body.split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'));

function problemsFor(text: string, measures: readonly MeasureSpec[]): readonly WhenProblem[] {
  const parsed = parseWhen(text);
  if (!parsed.ok) return parsed.problems;
  return checkWhen(parsed.when, measures, { patternProblem: () => undefined, hasSlo: true, intervalMs: 15_000 });
}

/** What is wrong with a condition for the type that it fits best. */
const problemsOf = (text: string): readonly WhenProblem[] =>
  probeTypes
    .map(({ measures }) => problemsFor(text, measures))
    .reduce((best, problems) => (unknownIn(problems) < unknownIn(best) || problems.length === 0 ? problems : best));

const unknownIn = (problems: readonly WhenProblem[]): number =>
  problems.filter(({ message, suggestion }) => message.startsWith('unknown measure') && suggestion === undefined)
    .length;

const HOUR_MS = 3_600_000;
const APART_MS = 100;

/** Six hours of results of which this part fails, evenly, in the last hours and none before. */
function failing(part: number, hours: number) {
  const ledger = openLedger();
  let owed = 0;
  for (let atMs = 0; atMs < 6 * HOUR_MS; atMs += APART_MS) {
    if (atMs >= (6 - hours) * HOUR_MS) owed += part;
    enter(ledger, atMs, owed < 1);
    if (owed >= 1) owed--;
  }
  return ledger;
}

describe('docs/when.md', () => {
  const examples = linesOf('when');
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(20);
  });

  it.each(examples)('shows a condition that some type can have: %s', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  const mistakes = linesOf('mistakes');
  const pairs = mistakes.flatMap((marked, index) => (index % 2 === 0 ? [{ marked, said: mistakes[index + 1] }] : []));
  it.each(pairs)('tells what is said of $marked', ({ marked, said }) => {
    const [problem] = problemsOf(marked.replace('▸', ''));
    const hint = problem?.suggestion === undefined ? '' : `; did you mean "${problem.suggestion}"?`;
    expect(`${problem?.message}${hint}`).toBe(said);
    expect(problem?.at).toBe(marked.indexOf('▸'));
  });

  const [, objectives = ''] = /^\| at least this much.*?\| for (.*) \|$/m.exec(PAGE) ?? [];
  const slos = [...objectives.matchAll(/`([\d.]+)% over (\d+)d`/g)].map(([text, percent, days]) => ({
    text,
    slo: { objective: Number(percent) / 100, windowMs: Number(days) * 24 * HOUR_MS },
  }));
  const burns = [...PAGE.matchAll(/^\| \d+ % \| (\d+) h \| \d+ min \| (.*) \|$/gm)].flatMap(([, hours, cells = '']) =>
    cells
      .split(' | ')
      .map((cell, index) => ({ hours: Number(hours), percent: Number.parseFloat(cell), ...slos[index] })),
  );

  it('tells when a budget burns', () => expect(burns.length).toBe(4));

  it.each(burns)('tells rightly that $text burns where $percent % fail for $hours h', ({ hours, percent, slo }) => {
    expect(slo).toBeDefined();
    if (slo === undefined) return;
    expect(isBurning(failing((percent / 100) * 1.05, hours), slo)).toBe(true);
    expect(isBurning(failing((percent / 100) * 0.95, hours), slo)).toBe(false);
  });
});
