import { type AlertSpec, downAlert } from '../../src/core/alert.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { Target } from '../../src/core/target.ts';

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
  alerts: [downSpec('HttpDown')],
  ...changes,
});

export const dependsOn = (...names: readonly string[]): Pick<Target, 'dependsOn'> => ({
  dependsOn: names.map((name) => ({ name, soft: false })),
});
