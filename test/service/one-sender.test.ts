import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { startPrometheus } from '../../demo/service/prometheus.ts';
import type { Labels } from '../../src/core/labels.ts';
import { configFolder } from '../support/config-folder.ts';
import { startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface PrometheusFile {
  readonly rule_files: readonly string[];
  readonly alerting: object;
  readonly scrape_configs: readonly { readonly job_name: string }[];
}
interface ComposeFile {
  readonly services: Readonly<Record<string, { readonly volumes: readonly string[] }>>;
}
/** Where the rules lie that the compose file has Prometheus load, in the repository. */
function composeRules(): readonly string[] {
  const { volumes } = (parse(read('docker-compose.yml'), { merge: true }) as ComposeFile).services['prometheus'] ?? {};
  const mounts = (volumes ?? []).map((volume) => volume.split(':'));
  const { rule_files: files } = parse(read('demo/compose/prometheus/prometheus.yml')) as PrometheusFile;
  return files.map((file) => {
    const [from = '', to = ''] = mounts.find(([, inside]) => file.startsWith(`${inside}/`)) ?? [];
    expect(to, `${file} is mounted`).not.toBe('');
    return file.replace(to, from.replace(/^\.\//, ''));
  });
}

/** The same rules, which wait seconds for what they wait minutes for. */
const hurried = (rules: string): string =>
  rules
    .replaceAll('service:outrider_receivers_up:max[1m]', 'service:outrider_receivers_up:max[3s]')
    .replaceAll('keep_firing_for: 1m', 'keep_firing_for: 2s');

interface Message {
  readonly alerts: readonly { readonly status: string; readonly labels: Labels }[];
}

/** A way to Alertmanager that can be cut. */
async function startWay(to: string) {
  let isCut = false;
  const server = await startHttpServer(async (request, response) => {
    if (isCut) return void request.socket.destroy();
    const { body } = server.requests.at(-1) ?? { body: '' };
    const answer = await fetch(to + (request.url ?? ''), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    }).catch(() => undefined);
    response.writeHead(answer?.status ?? 502).end();
  });
  return Object.assign(server, {
    cut: (is: boolean) => {
      isCut = is;
    },
  });
}

/** A stack as the compose file has it: Prometheus with its rules, Alertmanager, Outrider and a service that can fail. */
async function startStack(sender: string) {
  await using opening = new AsyncDisposableStack();
  const failing = new Set<string>();
  const service = opening.use(
    await startHttpServer((request, response) => {
      response.writeHead(failing.has(request.url ?? '') ? 503 : 200).end();
    }),
  );
  const people = opening.use(await startHttpServer((_request, response) => response.end()));
  const route = "receiver: people, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 4h";
  const alertmanager = opening.use(
    await startAlertmanager({
      config: `route: { ${route} }\nreceivers: [{ name: people, webhook_configs: [{ url: "${people.url}" }] }]\n`,
    }),
  );
  const way = opening.use(await startWay(alertmanager.url));
  const outrider = opening.use(
    await startOutrider(`
service: shop
sender: ${sender}
startup_grace: 0s
defaults: { interval: 500ms, timeout: 400ms }
targets:
  - { name: web, type: http, url: "${service.url}/web", depends_on: [api] }
  - { name: api, type: http, url: "${service.url}/api", critical: true }
  - { name: other, type: http, url: "${service.url}/other" }
notify:
  alertmanager: { urls: ["${way.url}"] }
`),
  );
  const folder = opening.use(configFolder());
  const file = parse(read('demo/compose/prometheus/prometheus.yml')) as PrometheusFile;
  const job = file.scrape_configs.find(({ job_name: name }) => name === 'outrider');
  const rules = composeRules().map((path, index) => folder.write(`${index}.yml`, hurried(read(path))));
  const config = stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
    scrape_configs: [{ ...job, static_configs: [{ targets: [new URL(outrider.url).host] }] }],
  });
  const prometheus = opening.use(await startPrometheus({ config, args: ['--rules.alert.resend-delay=2s'] }));
  /** Everything that people were told, but the watchdog: `firing HttpDown/api P0`. */
  const told = () =>
    people.requests
      .flatMap(({ body }) => (JSON.parse(body) as Message).alerts)
      .filter(({ labels }) => labels['alertname'] !== 'OutriderWatchdog')
      .map(({ status, labels }) => `${status} ${labels['alertname']}/${labels['target']} ${labels['severity']}`);
  const kept = opening.move();
  return {
    ...{ failing, way, outrider, prometheus, told },
    watchdogs: () => people.requests.filter(({ body }) => body.includes('"OutriderWatchdog"')).length,
    untilTold: (...expected: readonly string[]) =>
      until(
        expected.join(', '),
        () => (expected.every((each) => told().includes(each)) ? true : undefined),
        40_000,
      ).catch((error: unknown) => expect.fail(`${String(error)}: ${told().join(', ')}`)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const query = async (url: string, expr: string): Promise<number> => {
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
  const { data } = (await answer.json()) as { data: { result: readonly { value: readonly [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
};
const untilSeen = (url: string, expr: string) =>
  until(expr, async () => ((await query(url, expr)) > 0 ? true : undefined), 30_000);
const untilUp = (outrider: Outrider) =>
  until('all up', async () => {
    const targets = await outrider.json<readonly { readonly status: string }[]>('/api/v1/targets');
    return targets.every(({ status }) => status === 'up') ? true : undefined;
  });

describe('what the compose file loads tells each trouble once', () => {
  it.each(['outrider', 'prometheus'])('where %s sends', async (sender) => {
    await using stack = await startStack(sender);
    const { outrider, prometheus, failing, told, way } = stack;
    await untilUp(outrider);
    await untilSeen(prometheus.url, 'up{job="outrider"}');
    await untilSeen(prometheus.url, `outrider_sender_info{sender="${sender}"}`);
    // A cause with its symptom, and a trouble of its own.
    for (const path of ['/api', '/web', '/other']) failing.add(path);
    await stack.untilTold('firing HttpDown/api P0', 'firing HttpDown/other P1');
    await untilSeen(prometheus.url, 'count(outrider_alerts{state="firing"} offset 4s) == 2');
    failing.clear();
    await stack.untilTold('resolved HttpDown/api P0', 'resolved HttpDown/other P1');
    await until('the watchdog', () => (stack.watchdogs() > 0 ? true : undefined));
    await untilSeen(prometheus.url, 'time() - max(last_over_time(timestamp(outrider_alerts)[1m:1s])) > 8');
    expect(told().toSorted()).toEqual([
      'firing HttpDown/api P0',
      'firing HttpDown/other P1',
      'resolved HttpDown/api P0',
      'resolved HttpDown/other P1',
    ]);
    // The same labels would hide that both send.
    const byPrometheus = await query(prometheus.url, 'count(count_over_time(ALERTS{alertstate="firing"}[2m]))');
    expect({ outrider: way.requests.length > 0, prometheus: byPrometheus > 0 }).toEqual({
      outrider: sender === 'outrider',
      prometheus: sender === 'prometheus',
    });
  });
});

describe('where Outrider cannot reach Alertmanager', () => {
  it('Prometheus tells what fires meanwhile, once, and Outrider tells it no second time when it can again', async () => {
    await using stack = await startStack('outrider');
    const { outrider, prometheus, failing, told, way } = stack;
    await untilUp(outrider);
    await untilSeen(prometheus.url, 'outrider_receiver_up');
    failing.add('/other');
    await stack.untilTold('firing HttpDown/other P1');
    way.cut(true);
    failing.add('/api').add('/web');
    await stack.untilTold('firing HttpDown/api P0');
    await untilSeen(prometheus.url, 'service:outrider_fallback:open');
    way.cut(false);
    await untilSeen(prometheus.url, 'outrider_receiver_up == 1');
    await untilSeen(prometheus.url, 'min_over_time(outrider_receiver_up[6s]) == 1');
    expect(told().toSorted()).toEqual(['firing HttpDown/api P0', 'firing HttpDown/other P1']);
    failing.clear();
    await stack.untilTold('resolved HttpDown/api P0', 'resolved HttpDown/other P1');
    await untilSeen(prometheus.url, 'time() - max(last_over_time(timestamp(outrider_alerts)[1m:1s])) > 8');
    expect(told().toSorted()).toEqual([
      'firing HttpDown/api P0',
      'firing HttpDown/other P1',
      'resolved HttpDown/api P0',
      'resolved HttpDown/other P1',
    ]);
  });
});
