import { readdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { untilShown } from '../support/told.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 1000;
const TARGETS = 200;
const STORM_MS = 6000;
/** A hundred reloads a second: half of them by POST, a quarter by SIGHUP, a quarter by a written file. */
const EVERY_MS = 10;
const TOKEN = 'otr_a-token-that-may-reload';
const BAD = join(import.meta.dirname, '../fixture/config/bad');

const names = Array.from({ length: TARGETS }, (_, index) => `t${index}`);

describe('a storm of reloads', () => {
  let api: HttpServer;
  let hook: HttpServer;
  let outrider: Outrider;
  /** When each target was asked, by the server that it is. */
  const asked = new Map<string, number[]>();

  /** Another one with each `nth`: every other target changes what its prober goes by, the others nothing. */
  const config = (nth = 0, targets = ['broken', ...names]) => `
# ${'.'.repeat(nth % 7)}
service: shop
startup_grace: 0s
defaults: { interval: ${INTERVAL_MS}ms, timeout: 900ms }
targets:
${targets
  .map((name, at) => {
    const timeout = at % 2 === 0 ? `, timeout: ${800 + (nth % 2)}ms` : '';
    const alerts =
      name === 't0'
        ? ', alerts: [{ name: Late, when: duration > 0s, for: 1h }, { name: Soon, when: duration > 0s, for: 8s }]'
        : '';
    return `  - { name: ${name}, type: http, url: "${api.url}/${name}"${timeout}${alerts} }`;
  })
  .join('\n')}
notify: { ops: { type: webhook, url: "${hook.url}", group_by: [target], group_wait: 0s, group_interval: 1s } }
watchdog: { to: [] }
auth: { tokens: [{ name: test, token: ${TOKEN}, scopes: [admin] }] }
`;
  const write = async (text: string) => {
    await writeFile(`${outrider.configFile}.next`, text);
    await rename(`${outrider.configFile}.next`, outrider.configFile);
  };
  const post = () =>
    fetch(`${outrider.url}/-/reload`, { method: 'POST', headers: { Authorization: `Bearer ${TOKEN}` } });
  const told = (alertname: string, target: string) =>
    hook.requests
      .flatMap(({ body }) => (JSON.parse(body) as Message).alerts)
      .filter(({ labels }) => labels['alertname'] === alertname && labels['target'] === target);
  const successful = async () => seriesIn(await exposedBy(outrider), 'outrider_config_last_reload_successful');
  /** The longest time that any target waited to be asked again, from `sinceMs` to now; in intervals. */
  const longestGap = (sinceMs: number): number => {
    const nowMs = performance.now();
    const gaps = ['broken', ...names].flatMap((name) => {
      const times = [sinceMs, ...(asked.get(name) ?? []).filter((atMs) => atMs > sinceMs), nowMs];
      return times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
    });
    return Math.max(...gaps) / INTERVAL_MS;
  };

  beforeAll(async () => {
    api = await startHttpServer((request, response) => {
      const name = request.url?.slice(1) ?? '';
      asked.set(name, [...(asked.get(name) ?? []), performance.now()]);
      response.writeHead(name === 'broken' ? 503 : 200).end();
    });
    hook = await startHttpServer((_request, response) => response.end());
    outrider = await startOutrider(config());
  });
  afterAll(() => Promise.all([outrider, api, hook].map((one) => one?.[Symbol.asyncDispose]())));

  it('loses no probe and no state, and every POST has its answer', async () => {
    await untilStatus(outrider, 'up', names);
    const fired = await untilShown(outrider, 'firing', 'HttpDown', 'broken');
    const waits = await untilShown(outrider, 'pending', 'Late', 't0');
    const soon = await untilShown(outrider, 'pending', 'Soon', 't0');
    await until('it was told', () => told('HttpDown', 'broken').length > 0 || undefined);

    const sinceMs = performance.now();
    const answers: Promise<Response>[] = [];
    for (let nth = 0; performance.now() - sinceMs < STORM_MS; nth++) {
      if (nth % 2 === 0) answers.push(post());
      else if (nth % 4 === 1) process.kill(outrider.pid, 'SIGHUP');
      else if (nth % 8 === 3) await write(config(nth));
      else await writeFile(outrider.configFile, config(nth));
      // The pace of the storm itself.
      await sleep(EVERY_MS);
    }
    const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
    expect(longestGap(sinceMs)).toBeLessThan(2);
    await write(config());
    expect((await post()).status).toBe(200);

    expect([...statuses]).toEqual([200]);
    expect(outrider.output()).not.toMatch(/the config has a mistake|error of Outrider/);
    const runs = outrider.output().match(/msg="config reloaded"/g)?.length ?? 0;
    expect(runs).toBeGreaterThan(10);
    expect(runs).toBeLessThan(answers.length);
    for (const one of [fired, waits])
      expect(await untilShown(outrider, one.state, one.alertname, one.target)).toMatchObject({
        since: one.since,
        fingerprint: one.fingerprint,
      });
    expect(await untilShown(outrider, 'firing', 'Soon', 't0')).toMatchObject({ since: soon.since });
    expect(told('HttpDown', 'broken').map(({ status, startsAt }) => [status, startsAt])).toEqual([
      ['firing', fired.since],
    ]);
  });

  it('of broken configs leaves the old one in force, and names file, line and column of each mistake', async () => {
    const bad = readdirSync(BAD).filter((name) => name.endsWith('.yml'));
    expect(bad.length).toBeGreaterThanOrEqual(60);
    const fired = await untilShown(outrider, 'firing', 'HttpDown', 'broken');
    const sinceMs = performance.now();
    for (const name of bad) {
      await write(readFileSync(join(BAD, name), 'utf8'));
      const answer = await post();
      const { errors } = (await answer.json()) as { readonly errors: readonly { readonly detail: string }[] };
      expect([name, answer.status]).toEqual([name, 500]);
      expect(errors.length).toBeGreaterThan(0);
      for (const { detail } of errors) expect(detail).toMatch(/outrider\.yml:[1-9]\d*:[1-9]\d*: \S/);
      expect([name, await successful()]).toEqual([name, 0]);
    }
    expect(longestGap(sinceMs)).toBeLessThan(2);
    expect(await untilShown(outrider, 'firing', 'HttpDown', 'broken')).toMatchObject({ since: fired.since });
    await write(config());
    expect([(await post()).status, await successful()]).toEqual([200, 1]);
    expect(told('HttpDown', 'broken')).toHaveLength(1);
  });

  it('that takes a target away ends its alert, and says why', async () => {
    await write(config(0, names));
    expect((await post()).status).toBe(200);
    const [, last] = (
      await until('its end is told', () => {
        const all = told('HttpDown', 'broken');
        return all.length > 1 ? all : undefined;
      })
    ).value;
    expect(last).toMatchObject({ status: 'resolved', labels: { target: 'broken' } });
    expect(last?.annotations['description']).toMatch(/^the target is no longer in the config.*; last seen: .*503/);
  });

  it('is over with a stop: whoever still asks is answered or cut off, and nothing is taken any more', async () => {
    const answers = Promise.allSettled(Array.from({ length: 20 }, post));
    for (let nth = 0; nth < 20; nth++) process.kill(outrider.pid, 'SIGHUP');
    expect((await outrider.stop()).code).toBe(0);
    await answers;
    expect(outrider.output()).not.toMatch(/error of Outrider|level=error msg="the reload failed/);
    // One that was being put into force is finished.
    const [, after = ''] = outrider.output().split('msg="Outrider stops"');
    expect((after.match(/config reloaded/g) ?? []).length).toBeLessThanOrEqual(1);
  });
});

interface Message {
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
  }[];
}
