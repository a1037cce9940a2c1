import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

interface Told {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}
interface Listed {
  readonly alertname: string;
  readonly state: string;
  readonly since: string;
}

/** What nobody is told of is committed within half a second, and nobody outside can see it. */
const COMMITTED_MS = 750;

describe('a daemon that is killed while it waits', () => {
  let folder: string;
  let service: HttpServer;
  let alertmanager: HttpServer;
  let status = 200;
  beforeEach(async () => {
    status = 200;
    folder = await mkdtemp(join(tmpdir(), 'outrider-waiting-'));
    service = await startHttpServer((_, response) => void response.writeHead(status).end());
    alertmanager = await startHttpServer((_, response) => void response.writeHead(200).end());
  });
  afterEach(async () => {
    await service[Symbol.asyncDispose]();
    await alertmanager[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (target: string) =>
    startOutrider(
      `
service: shop
targets:
  - { name: api, type: http, url: "${service.url}/", timeout: 500ms, ${target} }
notify:
  alertmanager: { urls: ["${alertmanager.url}"] }
`,
      { env: { OUTRIDER_STORE: `sqlite:${join(folder, 'outrider.db')}` } },
    );
  const kill = async (daemon: Outrider) => {
    await sleep(COMMITTED_MS);
    process.kill(daemon.pid, 'SIGKILL');
    await daemon[Symbol.asyncDispose]();
  };
  const isSeen = (daemon: Outrider, wanted: string) =>
    until(`the target is ${wanted}`, async () => {
      const [target] = await daemon.json<{ status: string }[]>('/api/v1/targets');
      return target?.status === wanted ? true : undefined;
    });
  const asked = (count: number) =>
    until(`the service is asked ${count} times`, () => (service.requests.length >= count ? true : undefined));
  const alert = async (daemon: Outrider) =>
    (await daemon.json<Listed[]>('/api/v1/alerts')).find(({ alertname }) => alertname === 'HttpDown');
  const told = (): readonly Told[] =>
    alertmanager.requests
      .flatMap(({ body }) => JSON.parse(body) as Told[])
      .filter(({ labels }) => labels['alertname'] === 'HttpDown');

  it('after one of three successes needs the other two', async () => {
    const config = 'interval: 2s, recover: 3';
    const first = await start(config);
    await isSeen(first, 'up');
    status = 503;
    await isSeen(first, 'down');
    const { value: begun } = await until('the alert is told', () => told()[0]);
    status = 200;
    await asked(service.requests.length + 1);
    await kill(first);

    const before = service.requests.length;
    await using second = await start(config);
    await asked(before + 1);
    expect(await alert(second)).toMatchObject({ state: 'firing', since: begun.startsAt });
    const { value: ended } = await until('its end is told', () =>
      told().find(({ endsAt }) => Date.parse(endsAt) <= Date.now()),
    );
    expect(service.requests.length).toBe(before + 2);
    expect(ended.startsAt).toBe(begun.startsAt);
  });

  it('in the middle of `for` fires when the whole of it was watched, with its true beginning', async () => {
    const config = 'interval: 1s, alerts: [{ name: HttpDown, for: 16s }]';
    const first = await start(config);
    await isSeen(first, 'up');
    status = 503;
    const { value: pending } = await until('the alert is pending', () => alert(first));
    expect(pending.state).toBe('pending');
    const watched = () => Date.now() - Date.parse(pending.since);
    await until('most of it has passed', () => (watched() > 11_000 ? true : undefined));
    await kill(first);
    const killedMs = watched();

    await using second = await start(config);
    const awayMs = watched() - killedMs;
    expect(await alert(second)).toMatchObject({ state: 'pending', since: pending.since });
    const { value: fired } = await until('it is told', () => told()[0]);
    const firedMs = watched();
    expect(fired.startsAt).toBe(pending.since);
    // It was written down every 5 s until when was looked, and 1 s is the interval.
    expect(firedMs).toBeGreaterThanOrEqual(16_000);
    expect(firedMs).toBeLessThan(16_000 + awayMs + 5000 + 1500);
  }, 60_000);
});
