import { formatDuration } from '../core/duration.ts';
import { type Checking, complain } from './checked.ts';
import type { FileKeys } from './file-schema.ts';
import type { Path } from './located.ts';
import type { Inherited, TargetKeys } from './target-schema.ts';

const OURS = { intervalMs: 15_000, timeoutMs: 5_000, confirm: 1, recover: 2, builtinAlerts: 'all' } as const;

/** What a target has after its type's and the file's defaults were asked. */
export interface InForce {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly confirm: number;
  readonly recover: number;
  readonly builtinAlerts: 'all' | 'down' | 'none';
  readonly startupGraceMs: number;
}

/** The target's own keys, else those of `defaults.types.<type>`, else those of `defaults`, else ours. */
export function inherit(type: string, own: Partial<TargetKeys>, file: Partial<FileKeys>): InForce {
  const ofType = (file.defaults?.types as Readonly<Record<string, Inherited | undefined>> | undefined)?.[type];
  const given = <K extends keyof Inherited>(key: K): Inherited[K] => own[key] ?? ofType?.[key] ?? file.defaults?.[key];
  const intervalMs = given('interval') ?? OURS.intervalMs;
  return {
    intervalMs,
    timeoutMs: own.timeout ?? Math.min(given('timeout') ?? OURS.timeoutMs, intervalMs),
    confirm: given('confirm') ?? OURS.confirm,
    recover: given('recover') ?? OURS.recover,
    builtinAlerts: given('builtin_alerts') ?? OURS.builtinAlerts,
    startupGraceMs: own.startup_grace ?? file.startup_grace ?? 0,
  };
}

/** Where `inherit` looks for such a key, the strongest first. */
export const placesOf = (type: string, target: Path, key: keyof Inherited): readonly Path[] => [
  [...target, key],
  ['defaults', 'types', type, key],
  ['defaults', key],
];

/** A timeout that is written for the target itself must fit its interval. */
export function checkTimeout(checking: Checking, path: Path, own: Partial<TargetKeys>, { intervalMs }: InForce): void {
  if (own.timeout === undefined || own.timeout <= intervalMs) return;
  const interval = `the interval of ${formatDuration(intervalMs)}${own.interval === undefined ? ', which is inherited' : ''}`;
  complain(checking, [...path, 'timeout'], {
    message: `a probe cannot take longer than ${interval}: expected at most ${formatDuration(intervalMs)}`,
  });
}
