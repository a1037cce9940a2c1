import type { Target } from '../core/target.ts';
import { probeTypes } from '../probe/registry.ts';
import type { ConfiguredTarget } from './config.ts';

export type TargetOfUrl =
  | { readonly ok: true; readonly target: ConfiguredTarget }
  | { readonly ok: false; readonly why: string };

const TIMEOUT_MS = 10_000;

/** A target made of a URL alone: `postgres://app@db/shop`. What its type needs beyond that has its defaults. */
export function targetOfUrl(url: string): TargetOfUrl {
  const scheme = url.slice(0, url.indexOf('://')).toLowerCase();
  const type = probeTypes.find((one) => one.byUrl.schemes.includes(scheme));
  if (type === undefined) {
    const known = probeTypes.flatMap((one) => one.byUrl.schemes).map((one) => `${one}://`);
    return { ok: false, why: `nothing here probes "${scheme}://"; known are ${known.join(', ')}` };
  }
  const parsed = type.schema.safeParse(type.byUrl.keys(url));
  if (!parsed.success) return { ok: false, why: parsed.error.issues.map((issue) => issue.message).join('; ') };
  const name = url.replace(/\/\/[^/?#]*@/, '//').replace(/[?#].*$/s, '');
  return { ok: true, target: { target: bare(name, type.type), settings: parsed.data, revision: '' } };
}

const bare = (name: string, type: string): Target => ({
  name,
  type,
  intervalMs: TIMEOUT_MS,
  timeoutMs: TIMEOUT_MS,
  critical: undefined,
  dependsOn: [],
  labels: {},
  instance: name,
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
