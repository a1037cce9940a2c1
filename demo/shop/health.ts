import { describe } from './report.ts';

export const STATUSES = ['healthy', 'degraded', 'unhealthy'] as const;
export type HealthStatus = (typeof STATUSES)[number];

/** One thing that the shop stands on, and whether it can do without. */
export interface Part {
  readonly name: string;
  readonly essential: boolean;
  readonly check: () => Promise<void>;
}

export interface CheckResult {
  readonly status: 'up' | 'down';
  readonly duration_ms: number;
  readonly message?: string;
}

export interface Health {
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** Asks all parts at once, each for at most the time. */
export async function checkHealth(parts: readonly Part[], timeoutMs: number): Promise<Health> {
  const entries = await Promise.all(parts.map(async (part) => [part.name, await checkPart(part, timeoutMs)] as const));
  const checks = Object.fromEntries(entries);
  return { status: verdict(parts, checks), checks };
}

/** Unhealthy without an essential part, degraded without another. */
export function verdict(parts: readonly Part[], checks: Health['checks']): HealthStatus {
  const down = parts.filter(({ name }) => checks[name]?.status !== 'up');
  if (down.some(({ essential }) => essential)) return 'unhealthy';
  return down.length > 0 ? 'degraded' : 'healthy';
}

async function checkPart({ check }: Part, timeoutMs: number): Promise<CheckResult> {
  const began = performance.now();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const duration = () => Math.round((performance.now() - began) * 10) / 10;
  try {
    await Promise.race([check(), late.promise]);
    return { status: 'up', duration_ms: duration() };
  } catch (error) {
    return { status: 'down', duration_ms: duration(), message: describe(error) };
  } finally {
    clearTimeout(timer);
  }
}
