import { describe, expect, it } from 'vitest';
import { type Case, resolve, type Written } from './alert-case.ts';

/** The alerts of a config without mistakes. */
function alertsOf(given: Case) {
  const { alerts, problems } = resolve(given);
  expect(problems).toEqual([]);
  return alerts;
}

const alertOf = (given: Case, name: string) => alertsOf(given).find((alert) => alert.name === name);
const namesOf = (given: Case) => alertsOf(given).map(({ name }) => name);

describe('built-in alerts', () => {
  it('are in force as they are declared', () => {
    expect(namesOf({})).toEqual(['HttpDown', 'HttpFailing', 'HttpSlow', 'PoolFull']);
    expect(alertOf({}, 'HttpSlow')).toMatchObject({
      when: { text: 'p95(duration) over 15m > 1s' },
      forMs: 300_000,
      keepFiringForMs: 0,
      raise: [],
      labels: {},
      severity: 'P3',
      summary: '{{ target }} is slow',
      origin: 'built-in',
    });
  });

  it.each([
    [true, ['P0', 'P2', 'P2', 'P1']],
    [undefined, ['P1', 'P2', 'P3', 'P1']],
    [false, ['P2', 'P2', 'P3', 'P1']],
  ] as const)('of a target with critical: %s have severities by their rank', (critical, severities) => {
    expect(alertsOf({ critical }).map(({ severity }) => severity)).toEqual(severities);
  });

  it.each([
    ['all', ['HttpDown', 'HttpFailing', 'HttpSlow', 'PoolFull']],
    ['down', ['HttpDown']],
    ['none', []],
  ] as const)('with builtin_alerts: %s are %j', (builtInAlerts, names) => {
    expect(namesOf({ builtInAlerts })).toEqual(names);
  });

  it('that builtin_alerts leaves out are back when the target names them, not when the defaults do', () => {
    const slow = { name: 'HttpSlow', severity: 'P1' } as const;
    expect(namesOf({ builtInAlerts: 'none', own: [slow] })).toEqual(['HttpSlow']);
    expect(namesOf({ builtInAlerts: 'none', defaults: [slow] })).toEqual([]);
  });

  it('whose window is too short for the interval are told in a warning', () => {
    expect(resolve({ intervalMs: 300_000 })).toMatchObject({
      problems: [],
      warnings: [
        {
          path: ['targets', 0, 'alerts'],
          message:
            'HttpFailing is never judged: a window of 15m never holds the 5 results that it needs: the target is probed every 5m',
        },
        { message: expect.stringMatching(/^HttpSlow is never judged/) },
      ],
    });
  });
});

describe('an entry that names a built-in alert', () => {
  it('changes only the keys that it gives', () => {
    const own: Written[] = [{ name: 'HttpSlow', when: 'p95(duration) over 5m > 800ms', labels: { team: 'web' } }];
    expect(alertOf({ own }, 'HttpSlow')).toMatchObject({
      when: { text: 'p95(duration) over 5m > 800ms' },
      forMs: 300_000,
      severity: 'P3',
      labels: { team: 'web' },
      summary: '{{ target }} is slow',
      origin: 'changed',
    });
  });

  it('leaves it out with enabled: false', () => {
    expect(namesOf({ own: [{ name: 'HttpSlow', enabled: false }] })).toEqual(['HttpDown', 'HttpFailing', 'PoolFull']);
  });

  it('may have any key', () => {
    const own: Written[] = [
      {
        name: 'HttpSlow',
        for: '2m',
        severity: 'P2',
        keep_firing_for: '10m',
        raise: [
          { after: '5m', severity: 'P1' },
          { after: '1h', severity: 'P0' },
        ],
        category: 'performance',
        summary: 'slow: {{ value }}',
        description: 'more than {{ threshold }} on {{ labels.instance }}',
        runbook: 'https://runbooks.example.com/slow',
      },
    ];
    expect(alertOf({ own }, 'HttpSlow')).toMatchObject({
      forMs: 120_000,
      severity: 'P2',
      keepFiringForMs: 600_000,
      raise: [
        { afterMs: 300_000, severity: 'P1' },
        { afterMs: 3_600_000, severity: 'P0' },
      ],
      category: 'performance',
      summary: 'slow: {{ value }}',
      description: 'more than {{ threshold }} on {{ labels.instance }}',
      runbook: 'https://runbooks.example.com/slow',
    });
  });
});

describe('an alert of one’s own', () => {
  const own: Written[] = [{ name: 'ApiErrors', when: 'avg(error_ratio) over 5m > 5%' }];

  it('needs a name and a condition, and has defaults for the rest', () => {
    expect(alertOf({ own }, 'ApiErrors')).toMatchObject({
      forMs: 0,
      keepFiringForMs: 0,
      severity: 'P2',
      summary: 'ApiErrors of {{ target }}: avg(error_ratio) over 5m > 5%',
      origin: 'own',
    });
  });

  it('stands behind the built-in ones and those of the defaults', () => {
    const defaults: Written[] = [{ name: 'Errors', when: 'avg(error_ratio) over 1h > 5%' }];
    expect(namesOf({ builtInAlerts: 'down', defaults, own })).toEqual(['HttpDown', 'Errors', 'ApiErrors']);
  });
});

describe('the defaults', () => {
  it('come before the target’s own, exact names and wildcards in their order', () => {
    const defaults: Written[] = [
      { name: '*', keep_firing_for: '1m', labels: { team: 'core', tier: 'a' } },
      { name: '*Slow', severity: 'P2', for: '1m' },
      { name: 'HttpSlow', for: '3m' },
    ];
    const own: Written[] = [{ name: 'HttpSlow', severity: 'P1', labels: { team: 'web' } }];
    expect(alertOf({ defaults, own }, 'HttpSlow')).toMatchObject({
      severity: 'P1',
      forMs: 180_000,
      keepFiringForMs: 60_000,
      labels: { team: 'web', tier: 'a' },
      origin: 'changed',
    });
  });

  it('hold for the target’s own alerts as well', () => {
    const defaults: Written[] = [{ name: '*Errors', severity: 'P3', for: '2m' }];
    const own: Written[] = [{ name: 'ApiErrors', when: 'avg(error_ratio) over 5m > 5%', for: '0s' }];
    expect(alertOf({ defaults, own }, 'ApiErrors')).toMatchObject({ severity: 'P3', forMs: 0, origin: 'own' });
  });

  it('may name alerts of other types', () => {
    const defaults: Written[] = [{ name: 'RedisSlow', when: 'p95(duration) over 5m > 9s', severity: 'P0' }];
    expect(namesOf({ defaults })).toEqual(namesOf({}));
  });

  it('may define an alert for the targets that have its measures', () => {
    const defaults: Written[] = [
      { name: 'LongQuery', when: 'longest_query > 5m' },
      { name: 'Elsewhere', when: 'queue_depth > 5' },
    ];
    expect(namesOf({ builtInAlerts: 'none', defaults })).toEqual(['LongQuery']);
  });

  it('that turn an alert off are told of where the target only changes it', () => {
    const defaults: Written[] = [{ name: '*Slow', enabled: false }];
    const own: Written[] = [{ name: 'HttpSlow', severity: 'P1' }];
    const { alerts, warnings } = resolve({ defaults, own });
    expect(alerts.map(({ name }) => name)).not.toContain('HttpSlow');
    expect(warnings).toEqual([
      {
        path: ['targets', 0, 'alerts', 0],
        message: 'HttpSlow stays off: defaults.alerts turns it off; "enabled: true" turns it on here',
      },
    ]);
  });

  it('do not turn off what the target turns on or defines', () => {
    const defaults: Written[] = [{ name: '*Slow', enabled: false }];
    const own: Written[] = [
      { name: 'HttpSlow', enabled: true },
      { name: 'VerySlow', when: 'p95(duration) over 5m > 9s', severity: 'P1' },
    ];
    expect(namesOf({ builtInAlerts: 'none', defaults, own })).toEqual(['HttpSlow', 'VerySlow']);
  });

  it('whose condition does not fit a target are told with the alert’s name', () => {
    const defaults: Written[] = [{ name: '*Slow', when: 'queue_depth > 5' }];
    expect(resolve({ defaults }).problems).toEqual([
      {
        path: ['defaults', 'alerts', 0, 'when'],
        at: 0,
        message: expect.stringMatching(/^HttpSlow: unknown measure "queue_depth"/),
      },
    ]);
  });

  it('raise only what is not as grave already', () => {
    const defaults: Written[] = [{ name: '*', raise: [{ after: '5m', severity: 'P1' }] }];
    const raised = alertsOf({ defaults, critical: true }).map(({ severity, raise }) => [severity, raise.length]);
    expect(raised).toEqual([
      ['P0', 0],
      ['P2', 1],
      ['P2', 1],
      ['P1', 0],
    ]);
  });
});
