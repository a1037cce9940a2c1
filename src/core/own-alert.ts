import type { AlertSpec } from './alert.ts';

const alertOf = (name: string, summary: string): AlertSpec => ({
  name,
  when: { text: 'own trouble', tests: [{ kind: 'unmeasured' }] },
  measures: [],
  forMs: 0,
  severity: 'P1',
  keepFiringForMs: 0,
  raise: [],
  labels: {},
  summary,
  origin: 'built-in',
});

/** Outrider cannot tell how its targets are. */
export const BLIND_ALERT = alertOf(
  'OutriderImpaired',
  'Outrider has trouble of its own and cannot tell how its targets are',
);
/** What Outrider sees may be forgotten. */
export const STORE_ALERT = alertOf(
  'OutriderStoreFailing',
  'Outrider’s own store is in trouble: it tells what it sees, but may forget it with a restart',
);

/** The alerts about Outrider itself. */
export const OWN_ALERTS: readonly AlertSpec[] = [BLIND_ALERT, STORE_ALERT];
