import { startAlertmanager } from '../../../demo/service/alertmanager.ts';
import { exposedBy } from '../daemon.ts';
import { until } from '../wait.ts';
import { type Account, audit, type Judged, type Outage, table } from './audit.ts';
import { type Breakable, playOutages, startBreakable } from './breakable.ts';
import { type MortalDaemon, openMortal } from './daemon.ts';
import { alertmanager, slack, webhook } from './dialect.ts';
import { type KillPlan, killAgainAndAgain, surelySeenMs } from './kills.ts';
import { openLedger } from './ledger.ts';
import { seeded } from './random.ts';
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
startup_grace: 0s
defaults: { interval: 1s, timeout: 800ms }
targets:
${targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}", builtin_alerts: down }`).join('\n')}
notify:
  alertmanager: { urls: ["${alertmanagerUrl}"] }
  hook: { type: webhook, url: "${hook.url}/hook", group_wait: 0s, group_interval: 0s }
  chat: { type: slack, webhook_url: "${chat.url}/services/T0/B0/x", hold: 0s, group_wait: 0s, group_interval: 0s }
watchdog: { to: [] }
`;

/** The real daemon is killed again and again while things break and mend; says what its receivers were told. */
export async function runKillScenario(scenario: KillScenario): Promise<KillReport> {
  await using opened = new AsyncDisposableStack();
  const ledger = openLedger();
  const sink = async (...given: Parameters<typeof startSink>) => opened.use(await startSink(...given));
  const [people, hook, chat] = [
    await sink('people', webhook, ledger),
    await sink('webhook', webhook, ledger),
    await sink('slack', slack, ledger),
  ];
  for (const one of [hook, chat]) one.become({ kind: 'ok', afterMs: 10 });
  const config_ = tellingAtOnce(`webhook_configs: [{ url: "${people.url}" }]`);
  const real = opened.use(await startAlertmanager({ config: config_ }));
  const entrance = await sink('alertmanager', alertmanager, ledger, real.url);
  const targets = opened.use(await startBreakable(scenario.targets));
  const daemon = opened.use(await openMortal(config(targets, entrance.url, hook, chat)));

  const mortal = { begin: () => daemon.spawn(), end: () => daemon.kill() };
  const random = seeded(scenario.seed);
  const least = surelySeenMs(scenario);
  const script = {
    lastsMs: scenario.lastsMs,
    outageMs: [least, 2 * least],
    quietMs: [least, 2 * least],
  } as const;
  const playing = playOutages(targets, script, seeded(scenario.seed + 1));
  await Promise.all([killAgainAndAgain(mortal, scenario, random, ledger), playing]);
  const outages = targets.outages();
  const account = () => JUDGED.map((judged) => audit(ledger, judged, outages));
  await settled(daemon, () => account().every(({ lost }) => lost.length === 0));
  const accounts = account();
  return { outages, accounts, text: `${headOf(scenario, outages)}\n\n${table(accounts, outages)}` };
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
const PATIENCE_MS = 30_000;

function headOf({ seed, kills, targets }: KillScenario, outages: readonly Outage[]): string {
  return `${kills} × kill -9, ${targets} alerts, ${outages.length} outages, FAULT_SEED=${seed}`;
}
