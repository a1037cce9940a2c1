/** Gravest first; an alert's rank is the index here. */
export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** 0 is the gravest. */
export const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);
