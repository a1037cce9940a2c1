import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { activeAlerts, isWatchdog, type KnownAlert } from './alertmanager.ts';
import { startHttpServer } from './http-server.ts';
import type { Outrider } from './outrider.ts';
import { until } from './wait.ts';

type Labels = Readonly<Record<string, string>>;

/** A real Alertmanager, and what it told people over its webhook. */
export interface ToldBy extends AsyncDisposable {
  readonly url: string;
  /** What it holds as active now, of the alerts with these labels. */
  active(labels: Labels): Promise<readonly KnownAlert[]>;
  /** Everything people were told of alerts with these labels, but the watchdog, in order: `firing PostgresDown/database P1`. */
  told(labels: Labels): readonly string[];
  /** Waits until people were told this, and nothing else, in whatever order. */
  untilTold(labels: Labels, expected: readonly string[], withinMs?: number): Promise<{ readonly tookMs: number }>;
}

interface Message {
  readonly alerts: readonly { readonly status: string; readonly labels: Labels }[];
}

/** Starts an Alertmanager that tells every alert by itself and at once. */
export async function startTelling(): Promise<ToldBy> {
  const people = await startHttpServer((_request, response) => response.end());
  const route = "receiver: people, group_by: ['...'], group_wait: 0s, group_interval: 100ms, repeat_interval: 4h";
  const config = `route: { ${route} }\nreceivers: [{ name: people, webhook_configs: [{ url: "${people.url}" }] }]\n`;
  const alertmanager = await startAlertmanager({ config }).catch(async (error: unknown) => {
    await people[Symbol.asyncDispose]();
    throw error;
  });
  const told = (wanted: Labels) =>
    people.requests
      .flatMap(({ body }) => (JSON.parse(body) as Message).alerts)
      .filter((alert) => fits(alert.labels, wanted) && !isWatchdog(alert))
      .map(({ status, labels }) => `${status} ${nameOf(labels)}`);
  return {
    url: alertmanager.url,
    active: async (wanted) => (await activeAlerts(alertmanager.url)).filter(({ labels }) => fits(labels, wanted)),
    told,
    async untilTold(wanted, expected, withinMs) {
      const isTold = () => (sameList(told(wanted), expected) ? true : undefined);
      return until(expected.join(', '), isTold, withinMs).catch((error: unknown) => {
        throw new Error(`${String(error)}; it was: ${told(wanted).join(', ')}`);
      });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([alertmanager[Symbol.asyncDispose](), people[Symbol.asyncDispose]()]);
    },
  };
}

const fits = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

const nameOf = ({ alertname, target, severity }: Labels): string => `${alertname}/${target} ${severity}`;

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

/** An alert as the daemon's API shows it. */
interface ShownAlert {
  readonly alertname: string;
  readonly target: string;
  readonly severity: string;
  readonly state: string;
  readonly since: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly fingerprint: string;
  readonly suppressedBy?: readonly string[];
  readonly silencedBy?: readonly string[];
  readonly value?: number;
  readonly threshold?: number;
}

/** Everything that is active now, as the daemon shows it. */
export const shownAlerts = (outrider: Outrider): Promise<readonly ShownAlert[]> =>
  outrider.json<readonly ShownAlert[]>('/api/v1/alerts');

/** Waits until an alert is shown in this state, and answers it; a failure says what is shown instead. */
export async function untilShown(
  outrider: Outrider,
  state: string,
  alertname: string,
  target: string,
  is: (alert: ShownAlert) => boolean = () => true,
): Promise<ShownAlert> {
  let last: readonly ShownAlert[] = [];
  const find = async () => {
    last = await shownAlerts(outrider);
    return last.find((one) => one.alertname === alertname && one.target === target && one.state === state && is(one));
  };
  const { value } = await until(`${alertname}/${target} ${state}`, find).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
  });
  return value;
}

/** Waits until no alert of these targets is shown, or none at all. */
export const untilQuiet = (outrider: Outrider, target?: string) =>
  until(`no alert of ${target ?? 'any target'}`, async () =>
    (await shownAlerts(outrider)).some((alert) => target === undefined || alert.target === target) ? undefined : true,
  );
