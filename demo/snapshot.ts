import { z } from 'zod';

const targets = z.array(
  z.object({ name: z.string(), status: z.enum(['up', 'down', 'unknown', 'paused']), message: z.string().optional() }),
);
const alerts = z.array(
  z.object({
    alertname: z.string(),
    target: z.string(),
    severity: z.string(),
    state: z.enum(['pending', 'firing', 'suppressed', 'silenced']),
    fingerprint: z.string(),
    suppressedBy: z.array(z.string()).optional(),
  }),
);
const delivered = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

export type SeenTarget = z.output<typeof targets>[number];
export type SeenAlert = z.output<typeof alerts>[number];

/** What Outrider and Alertmanager say at one moment. */
export interface Snapshot {
  readonly targets: readonly SeenTarget[];
  readonly alerts: readonly SeenAlert[];
  /** The alerts that are active in Alertmanager, but the watchdog, as `PostgresDown database`; undefined without Alertmanager. */
  readonly delivered: readonly string[] | undefined;
}

const TIMEOUT_MS = 1_500;

/** Asks both; undefined when one of them does not answer. */
export async function takeSnapshot(outrider: string, alertmanager: string | undefined): Promise<Snapshot | undefined> {
  try {
    const [targetList, alertList, deliveredList] = await Promise.all([
      getJson(`${outrider}/api/v1/targets`),
      getJson(`${outrider}/api/v1/alerts`),
      alertmanager === undefined ? undefined : getJson(`${alertmanager}/api/v2/alerts`),
    ]);
    return {
      targets: targets.parse(targetList),
      alerts: alerts.parse(alertList),
      delivered: deliveredList === undefined ? undefined : namesIn(delivered.parse(deliveredList)),
    };
  } catch {
    return undefined;
  }
}

const namesIn = (found: z.output<typeof delivered>): readonly string[] =>
  found
    .filter(({ labels }) => labels['alertname'] !== 'OutriderWatchdog')
    .map(({ labels }) => `${labels['alertname'] ?? '?'} ${labels['target'] ?? '?'}`);

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return response.json();
}
