import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from '../../../demo/service/binary.ts';
import { answersOk } from '../../../demo/service/http-ready.ts';
import { freePort, HOST } from '../../../demo/service/port.ts';
import { launch, type Running } from '../../../demo/service/process.ts';
import { removeFolder, temporaryFolder } from '../../../demo/service/service.ts';
import { until } from '../wait.ts';
import { audit, type Judged, table } from './audit.ts';
import { type Breakable, playOutages, startBreakable } from './breakable.ts';
import { ALERTMANAGER_SLACK_TEXT, slackOfMany, webhook } from './dialect.ts';
import { goAwayAndCome, headOf, type KillReport, type KillScenario, scriptOf, tellingAtOnce } from './kill-scenario.ts';
import { killAgainAndAgain, type Mortal } from './kills.ts';
import { openLedger } from './ledger.ts';
import { seeded } from './random.ts';
import { startSink } from './sink.ts';

/** Prometheus tells Alertmanager of what goes on and of what ended once a minute: this is three times. */
const PATIENCE_MS = 200_000;

const JUDGED: readonly Judged[] = [
  { receiver: 'webhook', dedup: 'none' },
  { receiver: 'slack', dedup: 'none' },
];

/**
 * The same outages, receivers and kills as Outrider's, but Prometheus (with blackbox_exporter, which stays alive) finds
 * them and Alertmanager tells of them: both are killed, each time, and begin again at once.
 */
export async function runBaseline(scenario: KillScenario): Promise<KillReport> {
  await using opened = new AsyncDisposableStack();
  const ledger = openLedger();
  const hook = opened.use(await startSink('webhook', webhook, ledger));
  const chat = opened.use(await startSink('slack', slackOfMany, ledger));
  const targets = opened.use(await startBreakable(scenario.targets));
  const folder = await temporaryFolder('baseline');
  opened.defer(() => removeFolder(folder));
  const pair = opened.use(await openPair(folder, targets, `${hook.url}/hook`, `${chat.url}/services/T0/B0/x`));

  const playing = playOutages(targets, scriptOf(scenario), seeded(scenario.seed + 1));
  const over = new AbortController();
  const away = [hook, chat].map((one, at) => goAwayAndCome(one, seeded(scenario.seed + 2 + at), over.signal));
  await Promise.all([killAgainAndAgain(pair, scenario, seeded(scenario.seed), ledger), playing]);
  over.abort();
  await Promise.all(away);
  const outages = targets.outages();
  const account = () => JUDGED.map((judged) => audit(ledger, judged, outages));
  const isAll = () => (account().every(({ lost }) => lost.length === 0) ? true : undefined);
  await until('everything is told', isAll, PATIENCE_MS).catch(() => {});
  const accounts = account();
  return { outages, accounts, text: `${headOf(scenario, outages)}\n\n${table(accounts, outages)}` };
}

interface Pair extends Mortal, AsyncDisposable {}

/** Prometheus and Alertmanager, which live and die together. */
async function openPair(folder: string, targets: Breakable, hook: string, chat: string): Promise<Pair> {
  const file = (name: string) => join(folder, name);
  const [prometheus, alertmanager, blackbox] = [await freePort(), await freePort(), await freePort()];
  await Promise.all([
    writeFile(
      file('blackbox.yml'),
      'modules: { http: { prober: http, timeout: 400ms, http: { ip_protocol_fallback: true } } }\n',
    ),
    writeFile(file('alertmanager.yml'), tellingAtOnce(receivers(hook, chat))),
    writeFile(file('rules.yml'), RULES),
    writeFile(file('prometheus.yml'), prometheusConfig(targets, alertmanager, blackbox)),
  ]);
  const start = (name: string, names: readonly string[], args: readonly string[]) =>
    launch({ name, file: binary(...names), args, cwd: folder });
  const prober = await start(
    'blackbox',
    ['prometheus-blackbox-exporter', 'blackbox_exporter'],
    [`--config.file=${file('blackbox.yml')}`, `--web.listen-address=${HOST}:${blackbox}`],
  );
  let living: readonly Running[] = [];
  const end = async () => {
    await Promise.all(living.map((one) => one.end('SIGKILL', 0)));
    living = [];
  };
  return {
    async begin() {
      living = await Promise.all([
        start(
          'prometheus',
          ['prometheus'],
          [
            `--config.file=${file('prometheus.yml')}`,
            `--storage.tsdb.path=${file('prometheus')}`,
            `--web.listen-address=${HOST}:${prometheus}`,
          ],
        ),
        start(
          'alertmanager',
          ['prometheus-alertmanager', 'alertmanager'],
          [
            `--config.file=${file('alertmanager.yml')}`,
            `--storage.path=${file('alertmanager')}`,
            `--web.listen-address=${HOST}:${alertmanager}`,
            '--cluster.listen-address=',
          ],
        ),
      ]);
    },
    async ready() {
      for (const port of [prometheus, alertmanager])
        await until(`${port} is ready`, async () => (await answersOk(`http://${HOST}:${port}/-/ready`)) || undefined);
    },
    end,
    async [Symbol.asyncDispose]() {
      await end();
      await prober.end('SIGKILL', 0);
    },
  };
}

const receivers = (hook: string, chat: string): string =>
  `webhook_configs: [{ url: "${hook}" }], slack_configs: [{ api_url: "${chat}", channel: "#ops", send_resolved: true, text: '${ALERTMANAGER_SLACK_TEXT}' }]`;

const RULES = `
groups:
  - name: targets
    rules:
      - { alert: HttpDown, expr: probe_success == 0, labels: { severity: P1 } }
`;

const prometheusConfig = ({ names, urlOf }: Breakable, alertmanager: number, blackbox: number): string => `
global: { scrape_interval: 500ms, scrape_timeout: 450ms, evaluation_interval: 500ms }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["${HOST}:${alertmanager}"] }] }] }
scrape_configs:
  - job_name: blackbox
    metrics_path: /probe
    params: { module: [http] }
    static_configs:
${names.map((name) => `      - { targets: ["${urlOf(name)}"], labels: { target: ${name} } }`).join('\n')}
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { source_labels: [__param_target], target_label: instance }
      - { target_label: __address__, replacement: "${HOST}:${blackbox}" }
`;
