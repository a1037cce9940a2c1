import type { z } from 'zod';
import { alertEntrySchema } from '../../src/config/alert-entry.ts';
import type { AlertSources } from '../../src/config/alert-sources.ts';
import { resolveAlerts } from '../../src/config/alerts.ts';
import { type BuiltInAlert, downAlert } from '../../src/core/alert.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { MEASURES } from '../core/when/measures.ts';

const BUILT_IN: readonly BuiltInAlert[] = [
  downAlert('HttpDown', 'HTTP service'),
  { name: 'HttpFailing', when: 'avg(failed) over 15m > 10%', rank: 2, summary: '{{ target }} fails' },
  {
    name: 'HttpSlow',
    when: 'p95(duration) over 15m > 1s',
    for: '5m',
    rank: { critical: 2, otherwise: 3 },
    summary: '{{ target }} is slow',
  },
  { name: 'PoolFull', when: 'connections_used > 95%', rank: 1, summary: '{{ target }} is full' },
];

const ALL_NAMES = new Set([...BUILT_IN.map(({ name }) => name), 'RedisDown', 'RedisSlow', 'PostgresSlow']);

export type Written = z.input<typeof alertEntrySchema>;
const entries = (written: readonly Written[]) => written.map((entry) => alertEntrySchema.parse(entry));

/** What a config says about the alerts of one target. */
export interface Case
  extends Partial<Pick<AlertSources, 'builtInAlerts' | 'critical' | 'severities' | 'intervalMs' | 'hasSlo'>> {
  readonly defaults?: readonly Written[];
  readonly own?: readonly Written[];
}

/** The alerts of a target with four built-in ones and measures of every kind. */
export const resolve = ({ defaults = [], own = [], ...rest }: Case) =>
  resolveAlerts({
    builtIn: BUILT_IN,
    builtInAlerts: 'all',
    allBuiltInNames: ALL_NAMES,
    severities: SEVERITIES,
    critical: undefined,
    intervalMs: 15_000,
    hasSlo: false,
    measures: MEASURES,
    ...rest,
    defaults: { entries: entries(defaults), path: ['defaults', 'alerts'] },
    own: { entries: entries(own), path: ['targets', 0, 'alerts'] },
  });
