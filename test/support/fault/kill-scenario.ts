import { setTimeout as sleep } from 'node:timers/promises';
import { startAlertmanager } from '../../../demo/service/alertmanager.ts';
import { exposedBy } from '../daemon.ts';
import { until } from '../wait.ts';
import { type Account, audit, type Judged, type Outage, table } from './audit.ts';
import { type Breakable, playOutages, type Script, startBreakable } from './breakable.ts';
import { type MortalDaemon, openMortal } from './daemon.ts';
import { alertmanager, SLACK_TEMPLATE, slackOfMany, webhook } from './dialect.ts';
import { type KillPlan, killAgainAndAgain, surelySeenMs } from './kills.ts';
import { openLedger } from './ledger.ts';
import { type Random, seeded } from './random.ts';
import { type Sink, startSink } from './sink.ts';

export interface KillScenario extends KillPlan {
  readonly seed: number;
  readonly targets: number;
  /** How long things break and mend; the kills go on for about as long. */
  readonly lastsMs: number;
}

export interface KillReport {
  readonly outages: readonly Outage[];
  readonly accounts: readonly Account[];
  /** The figures, for people. */
  readonly text: string;
}

/** How each receiver is judged. `people` is who a real Alertmanager tells of what it was told. */
const JUDGED: readonly Judged[] = [
  { receiver: 'alertmanager', dedup: 'labels' },
  { receiver: 'people', dedup: 'none' },
  { receiver: 'webhook', dedup: 'key' },
  { receiver: 'slack', dedup: 'none' },
];

/** Alertmanager with one receiver that is told of each alert by itself and at once. */
export const tellingAtOnce = (receiver: string): string => `
route: { receiver: people, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 4h }
receivers: [{ name: people, ${receiver} }]
`;

const config = (targets: Breakable, alertmanagerUrl: string, hook: Sink, chat: Sink): string => `
service: shop
timezone: UTC
startup_grace: 0s
defaults: { interval: 500ms, timeout: 400ms }
targets:
${targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}", builtin_alerts: down }`).join('\n')}
notify:
  alertmanager: { urls: ["${alertmanagerUrl}"] }
  hook: { type: webhook, url: "${hook.url}/hook", group_wait: 0s, group_interval: 0s }
  chat: { type: slack, webhook_url: "${chat.url}/services/T0/B0/x", hold: 0s, group_wait: 0s, group_interval: 0s, template: { text: "${SLACK_TEMPLATE}" } }
watchdog: { to: [] }
`;

/** The real daemon is killed again and again while things break and mend and receivers come and go; says what its receivers were told. */
export async function runKillScenario(scenario: KillScenario): Promise<KillReport> {
  await using opened = new AsyncDisposableStack();
  const ledger = openLedger();
  const sink = async (...given: Parameters<typeof startSink>) => opened.use(await startSink(...given));
  const [people, hook, chat] = [
    await sink('people', webhook, ledger),
    await sink('webhook', webhook, ledger),
    await sink('slack', slackOfMany, ledger),
  ];
  const config_ = tellingAtOnce(`webhook_configs: [{ url: "${people.url}" }]`);
  const real = opened.use(await startAlertmanager({ config: config_ }));
  const entrance = await sink('alertmanager', alertmanager, ledger, real.url);
  const targets = opened.use(await startBreakable(scenario.targets));
  const daemon = opened.use(await openMortal(config(targets, entrance.url, hook, chat)));

  const ready = () => daemon.said(/Outrider listens/);
  const mortal = { begin: () => daemon.spawn(), ready, end: () => daemon.kill() };
  const random = seeded(scenario.seed);
  const playing = playOutages(targets, scriptOf(scenario), seeded(scenario.seed + 1));
  const over = new AbortController();
  const away = [hook, chat].map((one, at) => goAwayAndCome(one, seeded(scenario.seed + 2 + at), over.signal));
  await Promise.all([killAgainAndAgain(mortal, scenario, random, ledger), playing]);
  over.abort();
  await Promise.all(away);
  const outages = targets.outages();
  const account = () => JUDGED.map((judged) => audit(ledger, judged, outages));
  await settled(daemon, () => account().every(({ lost }) => lost.length === 0));
  const accounts = account();
  return { outages, accounts, text: `${headOf(scenario, outages)}\n\n${table(accounts, outages)}` };
}

const HERE_MS = [4000, 12_000] as const;
const AWAY_MS = [2000, 8000] as const;

/** The receiver answers 503 now and then, for some seconds; it is well at the end. */
export async function goAwayAndCome(sink: Sink, random: Random, over: AbortSignal): Promise<void> {
  const rest = (ms: number) => sleep(ms, undefined, { signal: over }).catch(() => {});
  while (!over.aborted) {
    sink.become({ kind: 'ok', afterMs: 10 });
    await rest(random.between(...HERE_MS));
    sink.become({ kind: 'status', status: 503 });
    await rest(random.between(...AWAY_MS));
  }
  sink.become({ kind: 'ok', afterMs: 10 });
}

/** An outage, and the quiet after it, last long enough to be seen whatever is killed when. */
export function scriptOf(scenario: KillScenario): Script {
  const leastMs = surelySeenMs(scenario);
  return { lastsMs: scenario.lastsMs, outageMs: [leastMs, 2 * leastMs], quietMs: [leastMs, 2 * leastMs] };
}

/** Until nothing waits for a receiver, and what is expected has come; or it will not come any more. */
async function settled(daemon: MortalDaemon, isAll: () => boolean): Promise<void> {
  await daemon.said(/Outrider listens/);
  const waiting = async () =>
    [...((await exposedBy(daemon)).get('outrider_notification_queue_length') ?? [])].some(({ value }) => value > 0);
  const isOver = async () => (isAll() && !(await waiting()) ? true : undefined);
  await until('everything is told', isOver, PATIENCE_MS).catch(() => {});
}

/** What is not told by then is lost. */
const PATIENCE_MS = 90_000;

/** What was done, in one line. */
export function headOf({ seed, kills, targets }: KillScenario, outages: readonly Outage[]): string {
  return `${kills} × kill -9, ${targets} alerts, ${outages.length} outages, FAULT_SEED=${seed}`;
}
