import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { binary } from '../../demo/service/binary.ts';
import type { Labels } from '../../src/core/labels.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const FILE = join(import.meta.dirname, '../../alerts/alertmanager.yml');
const amtool = async (...args: readonly string[]) => (await promisify(execFile)(binary('amtool'), args)).stdout.trim();

interface Route {
  readonly routes?: readonly Route[];
}
interface AlertmanagerFile {
  readonly route: Route;
  readonly receivers: readonly { readonly name: string }[];
  readonly time_intervals: readonly { readonly name: string }[];
}

describe('alerts/alertmanager.yml', () => {
  it('is good, as amtool says', async () => {
    expect(await amtool('check-config', FILE)).toContain('SUCCESS');
  });

  it.each([
    ['alertname=HttpDown service=shop target=api severity=P0', 'page'],
    ['alertname=HttpDown service=shop target=api severity=P1', 'page'],
    ['alertname=PostgresLongQuery service=shop target=db severity=P2', 'chat'],
    ['alertname=HttpSlow service=shop target=api severity=P3', 'tickets'],
    ['alertname=OutriderDown job=outrider severity=P1', 'page'],
    ['alertname=OutriderReceiverDown receiver=heartbeat severity=P2', 'chat'],
    ['alertname=OutriderHistoryLost severity=P3', 'tickets'],
    ['alertname=OutriderWatchdog service=shop severity=none', 'watchdog'],
    ['alertname=OutriderWatchdog service=shop severity=none pager=outrider', 'watchdog'],
    ['alertname=HttpDown service=shop target=api severity=P0 pager=outrider', 'nobody'],
    ['alertname=OfOthers severity=critical', 'chat'],
  ])('routes %s to %s', async (labels, receiver) => {
    expect(await amtool('config', 'routes', 'test', `--config.file=${FILE}`, ...labels.split(' '))).toBe(receiver);
  });
});

/** The same file with its receivers at `url`, which waits seconds where it waits minutes; office hours are now, or never. */
function hurried(url: string, isOpen: boolean): string {
  const file = parse(readFileSync(FILE, 'utf8')) as AlertmanagerFile;
  const fast = { group_wait: '0s', group_interval: '1s' };
  const soon = (route: Route): Route => ({ ...route, ...fast, routes: (route.routes ?? []).map(soon) });
  const month = new Date().getUTCMonth() + 1;
  const months = [String(isOpen ? month : (month % 12) + 1)];
  return stringify({
    ...file,
    route: soon(file.route),
    receivers: file.receivers.map(({ name }) =>
      name === 'nobody' ? { name } : { name, webhook_configs: [{ url: `${url}/${name}` }] },
    ),
    time_intervals: file.time_intervals.map(({ name }) => ({ name, time_intervals: [{ months }] })),
  });
}

interface Message {
  readonly alerts: readonly { readonly status: string; readonly labels: Labels }[];
}

/** A real Alertmanager by the example, a real Outrider, and a service whose paths can fail. */
async function startRoutes(isOpen: boolean, notify = '') {
  await using opening = new AsyncDisposableStack();
  const failing = new Set<string>();
  const service = opening.use(
    await startHttpServer((request, response) => {
      response.writeHead(failing.has(request.url?.slice(1) ?? '') ? 503 : 200).end();
    }),
  );
  const people = opening.use(await startHttpServer((_request, response) => response.end()));
  const alertmanager = opening.use(await startAlertmanager({ config: hurried(people.url, isOpen) }));
  const target = (name: string, rest: string) =>
    `  - { name: ${name}, type: http, url: "${service.url}/${name}", ${rest} }`;
  const outrider = opening.use(
    await startOutrider(`
service: shop
startup_grace: 0s
defaults: { interval: 500ms, timeout: 400ms }
targets:
${target('grave', 'critical: true')}
${target('unset', 'confirm: 1')}
${target('mild', 'critical: false')}
${target('least', 'alerts: [{ name: HttpDown, severity: P3 }]')}
${target('rising', 'alerts: [{ name: HttpDown, severity: P2, raise: [{ after: 3s, severity: P1 }] }]')}
notify:
  alertmanager: { urls: ["${alertmanager.url}"] }
${notify}
`),
  );
  const told = () =>
    people.requests.flatMap(({ url, body }) =>
      (JSON.parse(body) as Message).alerts.map(
        ({ status, labels }) =>
          `${url.slice(1)}: ${status} ${[labels['alertname'], labels['target'], labels['severity']].filter((each) => each !== undefined).join(' ')}`,
      ),
    );
  const kept = opening.move();
  return {
    ...{ failing, outrider, alertmanager, people, told },
    untilTold: (...expected: readonly string[]) =>
      until(expected.join(', '), () => (expected.every((each) => told().includes(each)) ? true : undefined)).catch(
        (error: unknown) => expect.fail(`${String(error)}: ${told().join(', ')}`),
      ),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What an Alertmanager holds, `name severity`, and whether it keeps it from people. */
async function held(url: string): Promise<readonly string[]> {
  const alerts = (await (await fetch(`${url}/api/v2/alerts`)).json()) as readonly {
    readonly labels: Labels;
    readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
  }[];
  return alerts
    .filter(({ labels }) => labels['alertname'] !== 'OutriderWatchdog')
    .map(
      ({ labels, status }) =>
        `${labels['target']} ${labels['severity']}${status.inhibitedBy.length > 0 ? ' inhibited' : ''}`,
    )
    .toSorted();
}

const WATCHDOG = 'watchdog: firing OutriderWatchdog none';

describe('alerts of a real Outrider in a real Alertmanager', () => {
  it('go to the receiver of their severity, those that rise to the graver one, and their ends too', async () => {
    await using routes = await startRoutes(true);
    const { failing, told, alertmanager } = routes;
    await routes.untilTold(WATCHDOG);
    for (const name of ['grave', 'unset', 'mild', 'least', 'rising']) failing.add(name);
    await routes.untilTold(
      'page: firing HttpDown grave P0',
      'page: firing HttpDown unset P1',
      'chat: firing HttpDown mild P2',
      'tickets: firing HttpDown least P3',
      'chat: firing HttpDown rising P2',
      'page: firing HttpDown rising P1',
    );
    await until('the milder one is kept quiet', async () =>
      (await held(alertmanager.url)).includes('rising P2 inhibited') ? true : undefined,
    );
    failing.clear();
    await routes.untilTold(
      'page: resolved HttpDown grave P0',
      'page: resolved HttpDown unset P1',
      'chat: resolved HttpDown mild P2',
      'tickets: resolved HttpDown least P3',
      'page: resolved HttpDown rising P1',
    );
    const wrong = told().filter(
      (line) => !/^(page: .* P[01]|chat: .* P2|tickets: .* P3|watchdog: .* none)$/.test(line),
    );
    expect(wrong).toEqual([]);
  });

  it('of P3 wait until the office opens', async () => {
    await using routes = await startRoutes(false);
    routes.failing.add('least').add('mild');
    await routes.untilTold('chat: firing HttpDown mild P2', WATCHDOG);
    expect(await held(routes.alertmanager.url)).toContain('least P3');
    expect(routes.told().filter((line) => line.startsWith('tickets'))).toEqual([]);
  });

  it('are shown there and told to nobody where Outrider tells people itself', async () => {
    await using chat = await startHttpServer((_request, response) => response.end('ok'));
    const slack = `  ops: { type: slack, webhook_url: "${chat.url}/hook", hold: 0s }`;
    await using routes = await startRoutes(true, slack);
    routes.failing.add('grave');
    await until('Outrider told people', () => (chat.requests.length > 0 ? true : undefined));
    await until('Alertmanager has it', async () =>
      (await held(routes.alertmanager.url)).includes('grave P0') ? true : undefined,
    );
    await routes.untilTold(WATCHDOG);
    const before = routes.people.requests.length;
    routes.failing.add('unset');
    await until('Alertmanager has the next one', async () =>
      (await held(routes.alertmanager.url)).includes('unset P1') ? true : undefined,
    );
    expect(before).toBeGreaterThan(0);
    expect(routes.told().filter((line) => !line.startsWith('watchdog: '))).toEqual([]);
  });
});
