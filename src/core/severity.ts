/** Gravest first; an alert's rank is the index here. */
export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** 0 is the gravest. */
export const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);

/**
 * The severity that stands for another where only some of the four are in use, gravest first: itself, else the one of its rank,
 * else the last, which takes the remaining ranks.
 */
export function inUse(used: readonly Severity[], severity: Severity): Severity {
  return used.includes(severity) ? severity : severityAt(used, rankOf(severity));
}

/** The severity of a rank of a built-in alert where only some of the four are in use, gravest first. */
export const severityAt = (used: readonly Severity[], rank: number): Severity => used[rank] ?? used.at(-1) ?? 'P3';

/** Types of receivers that are for what needs somebody now: without a route they get only severities that open incidents. */
export const FOR_INCIDENTS: ReadonlySet<string> = new Set(['sms', 'pagerduty']);
