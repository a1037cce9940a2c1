import { describe, expect, it } from 'vitest';
import { checkWhen } from '../../../src/core/when/check.ts';
import { parseWhen } from '../../../src/core/when/parse.ts';
import { redis } from '../../../src/probe/redis/type.ts';

describe('the built-in alerts of redis', () => {
  it.each(redis.alerts)('$name is a condition on its measures', ({ when }) => {
    const parsed = parseWhen(when);
    expect(parsed).toMatchObject({ ok: true });
    const rules = { patternProblem: () => undefined, hasSlo: true, intervalMs: 15_000 };
    expect(parsed.ok && checkWhen(parsed.when, redis.measures, rules)).toEqual([]);
  });
});

it('names every metric once', () => {
  const names = [
    ...redis.series.map(({ name }) => name),
    ...redis.measures.flatMap(({ metric }) => (typeof metric === 'object' ? [metric.name] : [])),
  ];
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
