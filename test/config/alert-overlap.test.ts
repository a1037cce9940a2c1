import { describe, expect, it } from 'vitest';
import { resolve, type Written } from './alert-case.ts';

describe('two alerts of a target that watch the same measure the same way', () => {
  const warningsOf = (...own: Written[]) => resolve({ own }).warnings.map(({ message }) => message);

  it.each([
    ['the same direction, whatever the window', 'p95(duration) over 5m >= 800ms', 'p95(duration) > as HttpSlow does'],
    ['down', 'down', 'down as HttpDown does'],
  ])('are told: %s', (_, when, what) => {
    expect(warningsOf({ name: 'Mine', when })).toEqual([`Mine watches ${what}: change that one, or turn it off`]);
  });

  it('are told at the condition of the one that was written', () => {
    expect(resolve({ own: [{ name: 'Mine', when: 'down' }] }).warnings[0]?.path).toEqual([
      'targets',
      0,
      'alerts',
      0,
      'when',
    ]);
  });

  it('are told when the graver one asks for less', () => {
    expect(warningsOf({ name: 'Mine', when: 'p95(duration) over 5m > 500ms', severity: 'P1' })).toHaveLength(1);
  });

  it.each<[string, Written]>([
    ['the graver one asks for more', { name: 'Mine', when: 'p95(duration) over 5m > 5s', severity: 'P1' }],
    ['the milder one asks for less', { name: 'Mine', when: 'connections_used > 70%', severity: 'P3' }],
    ['the direction differs', { name: 'Mine', when: 'connections_used < 1%' }],
    ['the function differs', { name: 'Mine', when: 'p50(duration) over 15m > 1s' }],
    ['the instance differs', { name: 'Mine', when: 'lag{group=a} > 1 and lag{group=b} > 1' }],
    ['another test is with it', { name: 'Mine', when: 'connections_used > 95% and clients > 5' }],
    ['it is a change of the built-in one', { name: 'HttpSlow', when: 'p95(duration) over 5m > 2s' }],
  ])('are not told when %s', (_, entry) => {
    expect(warningsOf(entry)).toEqual([]);
  });
});
