import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compose, openCompose } from '../support/compose.ts';

interface TargetRow {
  readonly name: string;
  readonly status: string;
}
interface AlertRow {
  readonly alertname: string;
  readonly target: string;
  readonly state: string;
}
/** As Alertmanager's API v2 lists it. */
interface Received {
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly updatedAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
}

let stack: Compose;
beforeAll(async () => {
  stack = await openCompose();
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
});

const get = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;
const targets = async (): Promise<readonly string[]> =>
  (await get<readonly TargetRow[]>(`${stack.urls.outrider}/api/v1/targets`)).map(
    ({ name, status }) => `${name} ${status}`,
  );
const alerts = async (): Promise<readonly string[]> =>
  (await get<readonly AlertRow[]>(`${stack.urls.outrider}/api/v1/alerts`))
    .map(({ alertname, target, state }) => `${alertname} ${target} ${state}`)
    .toSorted();
const received = async (): Promise<readonly Received[]> =>
  (
    await get<readonly Received[]>(
      `${stack.urls.alertmanager}/api/v2/alerts?active=true&silenced=false&inhibited=false`,
    )
  ).filter(({ labels }) => labels['alertname'] !== 'OutriderWatchdog');

const slowly = { timeout: 180_000, interval: 500 };
const ALL_UP = ['api up', 'cache up', 'database up', 'jobs up', 'worker up'];

describe('the image', () => {
  it('runs as a numeric user without capabilities on a read-only root, and can write its data', async () => {
    const script = `const fs = require('node:fs');
      const status = fs.readFileSync('/proc/1/status', 'utf8');
      let root = 'writable';
      try { fs.writeFileSync('/app/x', ''); } catch (error) { root = error.code; }
      fs.writeFileSync('/var/lib/outrider/x', ''); fs.rmSync('/var/lib/outrider/x');
      const line = (name) => status.match(new RegExp(name + ':\\\\s+(\\\\S+)'))[1];
      console.log(JSON.stringify({ uid: process.getuid(), root, caps: line('CapBnd'), noNewPrivs: line('NoNewPrivs') }));`;
    expect(JSON.parse(await stack.node('outrider', script))).toEqual({
      uid: 65_532,
      root: 'EROFS',
      caps: '0000000000000000',
      noNewPrivs: '1',
    });
  });

  it('holds no tool that builds or installs', async () => {
    const tools = [
      '/usr/local/bin/npm',
      '/usr/local/lib/node_modules/npm',
      '/app/node_modules/typescript',
      '/app/node_modules/vitest',
      '/app/src',
    ];
    const script = `console.log(JSON.stringify(${JSON.stringify(tools)}.filter((path) => require('node:fs').existsSync(path))))`;
    expect(JSON.parse(await stack.node('outrider', script))).toEqual([]);
  });
});

describe('the compose file', () => {
  it('brings every target up, as Outrider and Prometheus see it', async () => {
    await expect.poll(targets, slowly).toEqual(ALL_UP);
    const scraped = () =>
      get<{ data: { activeTargets: { labels: { job: string }; health: string }[] } }>(
        `${stack.urls.prometheus}/api/v1/targets`,
      );
    await expect
      .poll(
        async () =>
          (await scraped()).data.activeTargets.map(({ labels, health }) => `${labels.job} ${health}`).toSorted(),
        slowly,
      )
      .toEqual(['outrider up', 'shop up', 'shop up']);
    expect(await received()).toEqual([]);
  });

  it('has Prometheus load the rules of Outrider itself, and none of them fires', async () => {
    interface Rules {
      readonly data: {
        readonly groups: readonly {
          readonly rules: readonly { readonly name: string; readonly type: string; readonly health: string }[];
        }[];
      };
    }
    const rules = async () =>
      (await get<Rules>(`${stack.urls.prometheus}/api/v1/rules`)).data.groups.flatMap((group) => group.rules);
    await expect.poll(async () => [...new Set((await rules()).map(({ health }) => health))], slowly).toEqual(['ok']);
    expect((await rules()).map(({ name }) => name)).toEqual(expect.arrayContaining(['OutriderDown', 'OutriderAbsent']));
    const pending = async () =>
      (await get<{ data: { alerts: readonly { state: string }[] } }>(`${stack.urls.prometheus}/api/v1/alerts`)).data
        .alerts;
    expect((await pending()).filter(({ state }) => state === 'firing')).toEqual([]);
    // Before the first scrape there was no Outrider for it.
    await expect.poll(pending, slowly).toEqual([]);
  });

  it('makes every container healthy', async () => {
    for (const service of stack.services)
      await expect
        .poll(async () => (await stack.inspect(service)).State.Health?.Status, { ...slowly, message: service })
        .toBe('healthy');
  });
});

describe('an outage of the database', () => {
  let first: Received | undefined;

  it('is one alert in Alertmanager, although the API and the worker fail too', async () => {
    await stack.compose('stop', '--timeout', '5', 'db');
    await expect
      .poll(alerts, slowly)
      .toEqual(['HttpDown api suppressed', 'HttpDown worker suppressed', 'PostgresDown database firing']);
    await expect.poll(async () => (await received()).length, slowly).toBe(1);
    [first] = await received();
    expect(first?.labels).toMatchObject({
      alertname: 'PostgresDown',
      service: 'shop',
      target: 'database',
      type: 'postgres',
      severity: 'P0',
      env: 'compose',
    });
    expect(first?.receivers).toEqual([{ name: 'page' }]);
  });

  it('is still that one alert after Outrider was restarted in its midst', async () => {
    await stack.compose('restart', '--timeout', '5', 'outrider');
    const restartedAt = Date.now();
    await expect
      .poll(() => alerts().catch(() => []), slowly)
      .toEqual(['HttpDown api suppressed', 'HttpDown worker suppressed', 'PostgresDown database firing']);
    await expect
      .poll(async () => (await received()).some(({ updatedAt }) => Date.parse(updatedAt) > restartedAt), slowly)
      .toBe(true);
    const now = await received();
    expect(now.map(({ fingerprint }) => fingerprint)).toEqual([first?.fingerprint]);
    expect(now.map(({ startsAt }) => startsAt)).toEqual([first?.startsAt]);
  });

  it('ends in Alertmanager when the database is back', async () => {
    await stack.compose('start', 'db');
    await expect.poll(targets, slowly).toEqual(ALL_UP);
    await expect.poll(alerts, slowly).toEqual([]);
    await expect.poll(received, slowly).toEqual([]);
  });
});

describe('the end', () => {
  it('comes soon and with exit code 0 on SIGTERM, and no password was ever logged', async () => {
    const log = await stack.compose('logs', '--no-color', 'outrider');
    expect(log).toContain('alert fires');
    expect(log).not.toMatch(/outrider:outrider|shop:shop/);
    const began = performance.now();
    await stack.compose('stop', '--timeout', '20', 'outrider');
    expect(performance.now() - began).toBeLessThan(10_000);
    expect((await stack.inspect('outrider')).State).toMatchObject({ Running: false, ExitCode: 0 });
  });
});
