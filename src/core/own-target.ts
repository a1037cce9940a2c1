import type { Labels } from './labels.ts';
import type { Target } from './target.ts';

/** The name of Outrider itself among the targets: no label `target` comes of it. */
export const OWN_NAME = '';

/** Stands for Outrider itself where an alert needs a target: never probed, without dependencies. */
export const ownTarget = (labels: Labels, name: string = OWN_NAME): Target => ({
  name,
  type: 'outrider',
  intervalMs: 15_000,
  timeoutMs: 0,
  critical: undefined,
  dependsOn: [],
  labels,
  instance: '',
  group: undefined,
  description: undefined,
  runbook: undefined,
  dashboard: undefined,
  enabled: true,
  confirm: 0,
  recover: 1,
  startupGraceMs: 0,
  hosts: [],
  places: [],
  slo: undefined,
  holdMs: undefined,
  alerts: [],
});
