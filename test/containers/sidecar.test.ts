import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSidecar, type Sidecar } from '../support/sidecar.ts';

let stack: Sidecar;
beforeAll(async () => {
  stack = await openSidecar();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const get = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;
const targets = async (): Promise<readonly string[]> =>
  (await get<readonly { name: string; status: string }[]>(`${stack.urls.outrider}/api/v1/targets`)).map(
    ({ name, status }) => `${name} ${status}`,
  );
interface Received {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
}
const received = async (): Promise<readonly string[]> =>
  (await get<readonly Received[]>(`${stack.urls.alertmanager}/api/v2/alerts?active=true`))
    .map(({ labels, receivers }) => `${labels['alertname']} to ${receivers.map(({ name }) => name).join()}`)
    .filter((line) => !line.startsWith('OutriderWatchdog'));
const slowly = { timeout: 120_000, interval: 500 };

describe('docker-compose.sidecar.yml beside a stack that knows nothing of it', () => {
  it('sees every target up, and its own container healthy', async () => {
    await expect.poll(() => targets().catch(() => []), slowly).toEqual(['database up', 'prometheus up']);
    await expect.poll(async () => (await stack.inspect()).State.Health?.Status, slowly).toBe('healthy');
  });

  it('runs without a right that it does not need, within limits, and with no secret in its environment', async () => {
    const { HostConfig, Config } = await stack.inspect();
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, Memory: 512 * 1024 ** 2, PidsLimit: 128 });
    expect(HostConfig.SecurityOpt).toContainEqual(expect.stringContaining('no-new-privileges'));
    expect(Config.Env.join('\n')).not.toContain('pa55word');
  });

  it('is scraped by the Prometheus that was there, which has the rules', async () => {
    const scraped = () =>
      get<{ data: { activeTargets: { health: string }[] } }>(`${stack.urls.prometheus}/api/v1/targets`);
    await expect
      .poll(async () => (await scraped()).data.activeTargets.map(({ health }) => health), slowly)
      .toEqual(['up']);
    const rules = async () =>
      (
        await get<{ data: { groups: { rules: { health: string }[] }[] } }>(`${stack.urls.prometheus}/api/v1/rules`)
      ).data.groups.flatMap((group) => group.rules.map(({ health }) => health));
    await expect.poll(async () => [...new Set(await rules())], slowly).toEqual(['ok']);
    expect(await received()).toEqual([]);
  });

  it('tells an outage once, by the route for its severity, and its end', async () => {
    await stack.compose('stop', '--timeout', '5', 'db');
    await expect.poll(received, slowly).toEqual(['PostgresDown to page']);
    await stack.compose('start', 'db');
    await expect.poll(received, slowly).toEqual([]);
    await expect.poll(targets, slowly).toEqual(['database up', 'prometheus up']);
  });
});
