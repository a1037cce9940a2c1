import type { DeliveryManner } from './contract.ts';

/** How whoever is told of groups is told, beside how many alerts are in one message: once of each change, alerts from outside too. */
export const GROUPED = {
  grouped: true,
  external: true,
  resendMs: undefined,
  keepResolvedMs: 0,
  longestBackoffMs: 60_000,
} as const satisfies Partial<DeliveryManner>;

/** The same for those who reach people. */
export const PEOPLE = { ...GROUPED, people: true } as const satisfies Partial<DeliveryManner>;
