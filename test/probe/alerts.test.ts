import { describe, expect, it } from 'vitest';
import { templateProblems } from '../../src/config/alert-template.ts';
import { resolveAlerts } from '../../src/config/alerts.ts';
import { parseDurationMs } from '../../src/core/duration.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { checkWhen } from '../../src/core/when/check.ts';
import { parseWhen } from '../../src/core/when/parse.ts';
import { probeTypes } from '../../src/probe/registry.ts';

const ALERTS = probeTypes.flatMap(({ type, measures, alerts }) =>
  alerts.map((alert) => ({ type, measures, alert, name: alert.name })),
);
const MEASURES = probeTypes.flatMap(({ type, measures }) =>
  measures.map((measure) => ({ type, name: measure.name, measure })),
);
const NO_ENTRIES = { entries: [], path: [] };

describe.each(ALERTS)('the built-in alert $name', ({ alert, measures }) => {
  it('has a condition that parses and fits what its type measures', () => {
    const parsed = parseWhen(alert.when);
    if (!parsed.ok) return expect(parsed.problems).toEqual([]);
    const rules = { patternProblem: () => undefined, hasSlo: true, intervalMs: 0 };
    expect(checkWhen(parsed.when, measures, rules)).toEqual([]);
  });

  it('has a name in CamelCase', () => {
    expect(alert.name).toMatch(/^[A-Z][A-Za-z0-9]*$/);
  });

  it('has a duration that parses, where it has one', () => {
    expect(alert.for === undefined || parseDurationMs(alert.for) !== undefined).toBe(true);
  });

  it('has a summary that names the target and only known placeholders', () => {
    expect(alert.summary).toContain('{{ target }}');
    expect(templateProblems(alert.summary)).toEqual([]);
  });
});

describe.each(probeTypes)('the alerts of $type', ({ alerts, measures }) => {
  it.each([true, undefined, false])('are in force with a severity where critical is %s', (critical) => {
    const resolved = resolveAlerts({
      builtIn: alerts,
      builtInAlerts: 'all',
      allBuiltInNames: new Set(ALERTS.map(({ name }) => name)),
      defaults: NO_ENTRIES,
      own: NO_ENTRIES,
      critical,
      severities: SEVERITIES,
      intervalMs: 15_000,
      hasSlo: false,
      measures,
    });
    expect(resolved.problems).toEqual([]);
    expect(resolved.warnings).toEqual([]);
    expect(resolved.alerts.map(({ name }) => name)).toEqual(alerts.map(({ name }) => name));
    for (const { severity } of resolved.alerts) expect(SEVERITIES).toContain(severity);
  });

  it('have one that says down', () => {
    expect(alerts.filter(({ when }) => when === 'down')).toHaveLength(1);
  });
});

it('no two built-in alerts have the same name', () => {
  const names = ALERTS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

it.each(MEASURES)('the measure $name of $type can be named in a condition', ({ name, measure }) => {
  const first = measure.words?.[0] ?? '1';
  const parsed = parseWhen(`${name} == ${first} and absent(${name})`);
  expect(parsed.ok && parsed.when.tests[0]).toMatchObject({ kind: 'compare', left: { measure: { name } } });
});
