import { describe, expect, it } from 'vitest';
import { resolve, type Written } from './alert-case.ts';

const UNKNOWN_UNIT = 'unknown unit "sec"; units are %, ms s m h d w, B kB MB GB KiB MiB GiB, and /s /m';
const NAMES = 'expected an alert’s name in CamelCase, such as ApiErrors';
const PLACEHOLDERS = 'there are target, value, threshold and labels.x';

describe('a mistake in a target’s own entries is told with its place', () => {
  const own = (...path: (string | number)[]) => ['targets', 0, 'alerts', ...path];
  it.each<[string, Written[], object]>([
    [
      'an unknown name',
      [{ name: 'HttpSlwo', severity: 'P1' }],
      {
        path: own(0, 'name'),
        message: 'there is no built-in alert "HttpSlwo"; one of your own needs "when"',
        suggestion: 'HttpSlow',
      },
    ],
    [
      'the name of another type’s alert',
      [{ name: 'RedisSlow', severity: 'P1' }],
      {
        path: own(0, 'name'),
        message: 'there is no built-in alert "RedisSlow" for this type; one of your own needs "when"',
      },
    ],
    [
      'a name in another case',
      [{ name: 'httpSlow' }],
      { path: own(0, 'name'), message: NAMES, suggestion: 'HttpSlow' },
    ],
    [
      'a name with a dash',
      [{ name: 'api-errors', when: 'down' }],
      { path: own(0, 'name'), message: NAMES, suggestion: 'ApiErrors' },
    ],
    ['a name of nothing but signs', [{ name: '--', when: 'down' }], { path: own(0, 'name'), message: NAMES }],
    [
      'a wildcard',
      [{ name: '*Slow', severity: 'P1' }],
      { path: own(0, 'name'), message: 'only names in defaults.alerts may have a *' },
    ],
    [
      'a name twice',
      [
        { name: 'HttpSlow', for: '1m' },
        { name: 'HttpSlow', severity: 'P1' },
      ],
      { path: own(1, 'name'), message: '"HttpSlow" has an entry in this list already' },
    ],
    [
      'a condition that does not parse',
      [{ name: 'HttpSlow', when: 'p95(duration) over 5m > 1sec' }],
      { path: own(0, 'when'), at: 25, message: UNKNOWN_UNIT, suggestion: 's' },
    ],
    [
      'a condition that does not fit',
      [{ name: 'Slow', when: 'duraton > 5s' }],
      { path: own(0, 'when'), at: 0, message: 'unknown measure "duraton"', suggestion: 'duration' },
    ],
    [
      'a condition that does not fit, of an alert that is off',
      [{ name: 'Slow', when: 'duraton > 5s', enabled: false }],
      { path: own(0, 'when'), at: 0, message: 'unknown measure "duraton"', suggestion: 'duration' },
    ],
    [
      'a pattern that RE2 does not know',
      [{ name: 'Lag', when: 'lag{group=~"(?=a)"} > 5' }],
      { path: own(0, 'when'), at: 11, message: '"(?=a)" is no regular expression: invalid or unsupported Perl syntax' },
    ],
    [
      'a placeholder that does not exist',
      [{ name: 'Slow', when: 'duration > 5s', summary: 'slow: {{ $value }} of {{ target }}' }],
      {
        path: own(0, 'summary'),
        at: 6,
        message: `unknown placeholder {{ $value }}; ${PLACEHOLDERS}`,
        suggestion: '{{ value }}',
      },
    ],
    [
      'a placeholder that is never closed',
      [{ name: 'HttpSlow', description: 'slow: {{ value }' }],
      { path: own(0, 'description'), at: 6, message: 'this {{ is never closed by }}' },
    ],
    [
      'a step that raises nothing',
      [{ name: 'HttpFailing', raise: [{ after: '5m', severity: 'P2' }] }],
      { path: own(0, 'raise', 0, 'severity'), message: 'the alert is P2 already: P2 raises nothing' },
    ],
    [
      'steps in the wrong order',
      [
        {
          name: 'HttpSlow',
          raise: [
            { after: '5m', severity: 'P1' },
            { after: '5m', severity: 'P0' },
          ],
        },
      ],
      { path: own(0, 'raise', 1, 'after'), message: 'must be later than the step before it' },
    ],
    [
      'a later step that is milder',
      [
        {
          name: 'HttpSlow',
          raise: [
            { after: '5m', severity: 'P1' },
            { after: '6m', severity: 'P2' },
          ],
        },
      ],
      { path: own(0, 'raise', 1, 'severity'), message: 'must be graver than the P1 of the step before it' },
    ],
  ])('%s', (_, written, problem) => {
    expect(resolve({ own: written }).problems).toEqual([problem]);
  });
});
