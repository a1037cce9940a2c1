import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { checkDefaultAlerts } from '../../src/config/alert-defaults.ts';
import { alertEntrySchema } from '../../src/config/alert-entry.ts';

type Written = z.input<typeof alertEntrySchema>;

const problemsOf = (...written: Written[]) =>
  checkDefaultAlerts({
    defaults: { entries: written.map((entry) => alertEntrySchema.parse(entry)), path: ['defaults', 'alerts'] },
    allBuiltInNames: new Set(['HttpDown', 'HttpSlow', 'RedisSlow', 'PostgresConnectionsHigh']),
    ownNames: new Set(['ApiErrors']),
    measureNames: new Set(['duration', 'lag']),
  });

describe('checkDefaultAlerts', () => {
  it.each<[string, Written]>([
    ['the name of a built-in alert', { name: 'RedisSlow', enabled: false }],
    ['a wildcard for built-in alerts', { name: '*Slow', severity: 'P3' }],
    ['a wildcard for a target’s own alert', { name: 'Api*', severity: 'P3' }],
    ['a wildcard in the middle', { name: 'Postgres*High', severity: 'P3' }],
    ['a wildcard for all', { name: '*', keep_firing_for: '1m' }],
    ['an alert of one’s own', { name: 'Slow', when: 'p95(duration) over 5m > 1s' }],
  ])('accepts %s', (_, entry) => {
    expect(problemsOf(entry)).toEqual([]);
  });

  it('accepts a wildcard for an alert that another entry defines', () => {
    expect(problemsOf({ name: '*Crawling', severity: 'P1' }, { name: 'ApiCrawling', when: 'duration > 1s' })).toEqual(
      [],
    );
  });

  const at = (...path: (string | number)[]) => ['defaults', 'alerts', ...path];
  it.each<[string, Written[], object]>([
    [
      'an unknown name',
      [{ name: 'RedisSlwo', enabled: false }],
      {
        path: at(0, 'name'),
        message: 'there is no built-in alert "RedisSlwo"; one of your own needs "when"',
        suggestion: 'RedisSlow',
      },
    ],
    [
      'the name of a target’s own alert',
      [{ name: 'ApiErrors', enabled: false }],
      { path: at(0, 'name'), message: 'there is no built-in alert "ApiErrors"; one of your own needs "when"' },
    ],
    [
      'a wildcard at the beginning that fits nothing',
      [{ name: '*Slo', enabled: false }],
      { path: at(0, 'name'), message: '"*Slo" fits the name of no alert', suggestion: '*Slow' },
    ],
    [
      'a wildcard at the end that fits nothing',
      [{ name: 'Postgers*', enabled: false }],
      { path: at(0, 'name'), message: '"Postgers*" fits the name of no alert', suggestion: 'Postgres*' },
    ],
    [
      'a wildcard like nothing',
      [{ name: 'X*Y', enabled: false }],
      { path: at(0, 'name'), message: '"X*Y" fits the name of no alert' },
    ],
    [
      'a name that is none',
      [{ name: 'redis slow', enabled: false }],
      {
        path: at(0, 'name'),
        message: 'expected an alert’s name in CamelCase, such as ApiErrors',
        suggestion: 'RedisSlow',
      },
    ],
    [
      'a name twice',
      [
        { name: '*Slow', for: '1m' },
        { name: '*Slow', severity: 'P3' },
      ],
      { path: at(1, 'name'), message: '"*Slow" has an entry in this list already' },
    ],
    [
      'a condition that does not parse',
      [{ name: 'RedisSlow', when: 'duration >' }],
      { path: at(0, 'when'), at: 10, message: 'expected a value such as 80%, 800ms or 512MB, got the end' },
    ],
    [
      'a measure that nothing has',
      [{ name: 'Slow', when: 'avg(lag) over 5m / duratoin > 1' }],
      { path: at(0, 'when'), at: 19, message: 'no target and no type measures "duratoin"', suggestion: 'duration' },
    ],
    [
      'steps in the wrong order',
      [
        {
          name: '*',
          raise: [
            { after: '5m', severity: 'P1' },
            { after: '1m', severity: 'P0' },
          ],
        },
      ],
      { path: at(0, 'raise', 1, 'after'), message: 'must be later than the step before it' },
    ],
    [
      'a placeholder that does not exist',
      [{ name: '*', summary: '{{ traget }}' }],
      {
        path: at(0, 'summary'),
        at: 0,
        message: 'unknown placeholder {{ traget }}; there are target, value, threshold and labels.x',
        suggestion: '{{ target }}',
      },
    ],
  ])('refuses %s', (_, written, problem) => {
    expect(problemsOf(...written)).toEqual([problem]);
  });
});
