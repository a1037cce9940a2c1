import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFolder } from '../support/config-folder.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { until } from '../support/wait.ts';
import { outrider } from './command.ts';
import { startDaemon } from './daemon.ts';

const SLOW = { timeout: 60_000 };

const folder = configFolder();
let server: HttpServer;
beforeAll(async () => {
  server = await startHttpServer((_request, response) => response.end('fine'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const configOf = (...names: readonly string[]) =>
  `service: shop\ntargets:\n${names
    .map((name) => `  - { name: ${name}, type: http, url: "${server.url}/${name}", interval: 1s }\n`)
    .join('')}`;

const targetsOf = async (port: number): Promise<readonly string[]> => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets`);
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name);
};

describe.concurrent('the daemon', SLOW, () => {
  it('takes a changed config at SIGHUP, keeps the old one when the new one is bad, and ends at SIGTERM with 0', async () => {
    const file = folder.write('reload.yml', configOf('a'));
    await using daemon = await startDaemon(['-c', file]);
    expect(await targetsOf(daemon.port)).toEqual(['a']);

    folder.write('reload.yml', configOf('a', 'b'));
    await daemon.signal('SIGHUP', 'config reloaded');
    expect(await targetsOf(daemon.port)).toEqual(['a', 'b']);

    folder.write('reload.yml', 'service: shop\ntargets: 5\n');
    await daemon.signal('SIGHUP', 'the config has a mistake; the old one stays');
    expect(await targetsOf(daemon.port)).toEqual(['a', 'b']);

    const { code, tookMs } = await daemon.end('SIGTERM');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
    expect(daemon.stdout()).toBe('');
  });

  it('takes a changed file by itself within 2 s, tells a mistake once, and reads nothing twice after a SIGHUP', async () => {
    const file = folder.write('watched.yml', configOf('a'));
    await using daemon = await startDaemon(['-c', file]);
    const lines = (text: string) => daemon.stderr().split(text).length - 1;

    renameSync(folder.write('watched.yml.new', configOf('a', 'b')), file);
    const { tookMs } = await until('both targets are there', async () =>
      (await targetsOf(daemon.port)).length === 2 ? true : undefined,
    );
    expect(tookMs).toBeLessThan(2000);

    folder.write('watched.yml', '');
    await until('the mistake is told', () => daemon.stderr().includes('the old one stays') || undefined);
    const metrics = await (await fetch(`http://127.0.0.1:${daemon.port}/metrics`)).text();
    expect(metrics).toContain('\noutrider_config_last_reload_successful 0\n');
    const told = lines('the old one stays');

    folder.write('watched.yml', configOf('c'));
    await daemon.signal('SIGHUP', 'config reloaded');
    folder.write('watched.yml', configOf('a', 'b', 'c'));
    await until('all three are there', async () => ((await targetsOf(daemon.port)).length === 3 ? true : undefined));
    expect([lines('config reloaded'), lines('the old one stays')]).toEqual([3, told]);
    expect((await daemon.end('SIGTERM')).code).toBe(0);
  });

  it('ends within 5 s with exit 0 at SIGINT while all its probes hang', async () => {
    const sockets = new Set<Socket>();
    const hole: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(hole, 'listening');
    const { port } = hole.address() as AddressInfo;
    const kinds = ['http', 'postgres', 'redis'];
    const file = folder.write(
      'hole.yml',
      `service: shop\ntargets:\n${kinds.map((type) => `  - { name: ${type}, type: ${type}, url: "${type}://127.0.0.1:${port}/0", interval: 2m, timeout: 1m }\n`).join('')}  - { name: kafka, type: kafka, brokers: ["127.0.0.1:${port}"], interval: 2m, timeout: 1m }\n`,
    );
    await using daemon = await startDaemon(['-c', file]);
    await until('every probe hangs', () => (sockets.size >= 4 ? true : undefined));

    const { code, tookMs } = await daemon.end('SIGINT');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
    for (const socket of sockets) socket.destroy();
    hole.close();
  });

  it('ends with 0 as well when a terminal and a parent both pass on Ctrl-C', async () => {
    await using daemon = await startDaemon(['-c', folder.write('twice.yml', configOf('a'))]);
    process.kill(daemon.pid, 'SIGINT');
    expect((await daemon.end('SIGINT')).code).toBe(0);
  });

  it('writes nothing to stdout, and says once what is not acted on', async () => {
    const file = folder.write('idle.yml', `timezone: Europe/Berlin\n${configOf('a')}`);
    await using daemon = await startDaemon(['-c', file]);
    await until('a probe has come', () => server.requests.find(({ url }) => url === '/a'));
    await daemon.end('SIGTERM');
    expect(daemon.stdout()).toBe('');
    const said = daemon
      .stderr()
      .split('\n')
      .filter((line) => line.includes('not acted on yet'));
    expect(said.filter((line) => line.includes('timezone'))).toHaveLength(1);
  });

  it('does not start where another listens: one sentence, exit 1', async () => {
    const file = folder.write('taken.yml', configOf('a'));
    const { code, stdout, stderr } = await outrider(['-c', file, '--listen', `127.0.0.1:${server.port}`]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `error: cannot listen on 127.0.0.1:${server.port}: another process listens there (listen_failed)\n`,
    );
  });

  it('does not start on a bad config: every mistake on stderr, exit 1', async () => {
    const file = folder.write('never.yml', 'servce: shop\ntargets: 5\n');
    const { code, stdout, stderr } = await outrider(['-c', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n').filter((line) => line.startsWith(`${file}:`)).length).toBeGreaterThanOrEqual(2);
    expect(stderr).toMatch(/\nerror: the config has mistakes \(config_invalid\)\n$/);
  });
});
