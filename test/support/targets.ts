import { type AlertSpec, downAlert } from '../../src/core/alert.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { Target } from '../../src/core/target.ts';
import { parseWhen } from '../../src/core/when/parse.ts';
import { probeTypeOf } from '../../src/probe/registry.ts';

/** A `<Type>Down` alert as the config makes it. */
export const downSpec = (name: string, severity: Severity = 'P1'): AlertSpec => ({
  name,
  when: { text: 'down', tests: [{ kind: 'down' }] },
  measures: [],
  forMs: 0,
  severity,
  keepFiringForMs: 0,
  raise: [],
  labels: {},
  summary: downAlert(name, 'Service').summary,
  origin: 'built-in',
});

/** An alert on measures as the config makes it of `when`, for a target of this type. */
export function alertSpec(
  name: string,
  when: string,
  { type = 'postgres', ...changes }: Partial<AlertSpec> & { readonly type?: string } = {},
): AlertSpec {
  const parsed = parseWhen(when);
  if (!parsed.ok) throw new Error(`${when}: ${parsed.problems.map(({ message }) => message).join('; ')}`);
  const measures = probeTypeOf(type).measures;
  const base = {
    ...downSpec(name, 'P2'),
    when: parsed.when,
    measures,
    summary: `${name} of {{ target }}: {{ value }}`,
  };
  return { ...base, origin: 'own', ...changes };
}

/** The alert that every target has, as the config makes it. */
export const generalSpec = (
  name: 'TargetNotMeasured' | 'MeasureMissing',
  kind: 'unmeasured' | 'missing',
): AlertSpec => ({
  ...downSpec(name, 'P2'),
  when: { text: kind, tests: [{ kind }] },
});

/** A target with the defaults of the config, but 10 s apart. */
export const aTarget = (name: string, changes: Partial<Target> = {}): Target => ({
  name,
  type: 'http',
  intervalMs: 10_000,
  timeoutMs: 5000,
  critical: undefined,
  dependsOn: [],
  labels: {},
  instance: name,
  group: undefined,
  description: undefined,
  runbook: undefined,
  dashboard: undefined,
  enabled: true,
  confirm: 1,
  recover: 2,
  startupGraceMs: 60_000,
  hosts: [`${name}.example`],
  places: [],
  slo: undefined,
  holdMs: undefined,
  alerts: [downSpec('HttpDown')],
  ...changes,
});

export const dependsOn = (...names: readonly string[]): Pick<Target, 'dependsOn'> => ({
  dependsOn: names.map((name) => ({ name, soft: false })),
});
