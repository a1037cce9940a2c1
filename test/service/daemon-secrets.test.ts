import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { startPostgres } from '../../demo/service/postgres.ts';
import { run } from '../../demo/service/process.ts';
import { startRedis } from '../../demo/service/redis.ts';
import { removeFolder, type Service, temporaryFolder } from '../../demo/service/service.ts';
import { routes } from '../../src/web/routes.ts';
import { activeAlerts } from '../support/alertmanager.ts';
import { openCanaries } from '../support/canaries.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { exposedBy, seriesIn, shownTargets, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const BIN = join(import.meta.dirname, '../../bin/outrider.js');

/** A server of the worst kind: it refuses, and repeats in its body and headers everything that it was sent. */
const parrot = (request: IncomingMessage, response: ServerResponse) => {
  const { host: _, ...headers } = request.headers;
  const { authorization = '' } = headers;
  const credentials = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
  const said = `${request.url} ${Object.values(headers).join(' ')} ${credentials}`;
  const status = request.url?.startsWith('/api') === true ? 500 : request.url === '/e' ? 200 : 401;
  response.writeHead(status, {
    'WWW-Authenticate': `Basic realm="${said.replace(/[^\x20-\x7e]|"/g, '')}"`,
    Server: authorization || 'parrot',
  });
  response.end(said);
};

const canaries = openCanaries();
const { of: canary } = canaries;
const encoded = (place: string) => encodeURIComponent(canary(place));

describe('no secret of the config comes out', () => {
  let database: Service;
  let cache: Service;
  let queue: KafkaService;
  let alertmanager: Service;
  let echo: HttpServer;
  let secure: HttpServer;
  let certificates: Certificates;
  let folder: string;
  let config: string;
  let outrider: Outrider;
  let names: readonly string[];

  const env = () => ({ OUTRIDER_TEST_TOKEN: canary('env-token'), DATABASE_PASSWORD: canary('env-password') });

  const targetsOf = () => `
  - { name: pg-url, type: postgres, url: "postgres://postgres:${encoded('pg-url')}@127.0.0.1:${database.port}/postgres" }
  - { name: pg-query, type: postgres, url: "postgres://postgres@127.0.0.1:${database.port}/postgres?password=${encoded('pg-query')}" }
  - { name: pg-key, type: postgres, host: 127.0.0.1, port: ${database.port}, username: postgres, password: "${canary('pg-key')}" }
  - { name: pg-env, type: postgres, url: "postgresql+asyncpg://postgres:\${DATABASE_PASSWORD}@127.0.0.1:${database.port}/postgres" }
  - { name: pg-file, type: postgres, host: 127.0.0.1, port: ${database.port}, username: postgres, password: "\${file:${folder}/secret}" }
  - { name: pg-refused, type: postgres, url: "postgres://postgres:${encoded('pg-refused')}@127.0.0.1:1/postgres" }
  - { name: pg-tls, type: postgres, url: "postgres://postgres:${encoded('pg-tls')}@127.0.0.1:${database.port}/postgres?sslmode=verify-full" }
  - { name: pg-dns, type: postgres, url: "postgres://postgres:${encoded('pg-dns')}@no-such-host.invalid/postgres" }
  - { name: redis-url, type: redis, url: "redis://:${encoded('redis-url')}@127.0.0.1:${cache.port}" }
  - { name: redis-user, type: redis, url: "redis://someone:${encoded('redis-user')}@127.0.0.1:${cache.port}/0" }
  - { name: redis-key, type: redis, addresses: ["127.0.0.1:${cache.port}"], password: "${canary('redis-key')}" }
  - { name: redis-tls, type: redis, url: "rediss://:${encoded('redis-tls')}@127.0.0.1:${secure.port}" }
  - { name: kafka-plain, type: kafka, brokers: ["${queue.saslBrokers[0]}"],
      sasl: { mechanism: plain, username: app, password: "${canary('kafka-plain')}" } }
  - { name: kafka-scram, type: kafka, brokers: ["${queue.saslBrokers[0]}"],
      sasl: { mechanism: scram-sha-256, username: app, password: "${canary('kafka-scram')}" } }
  - { name: kafka-refused, type: kafka, brokers: ["127.0.0.1:1"],
      sasl: { mechanism: plain, username: app, password: "${canary('kafka-refused')}" } }
  - { name: http-url, type: http, url: "${echo.url.replace('//', `//someone:${encoded('http-url')}@`)}/a?token=${encoded('http-query')}#x" }
  - { name: http-user, type: http, url: "${echo.url.replace('//', `//${encoded('http-user')}@`)}/b" }
  - { name: http-basic, type: http, url: "${echo.url}/c", auth: { basic: { username: app, password: "${canary('http-basic')}" } } }
  - { name: http-bearer, type: http, url: "${echo.url}/d", auth: { bearer: "${canary('http-bearer')}" } }
  - { name: http-headers, type: http, url: "${echo.url}/e",
      headers: { X-Api-Key: "${canary('http-key')}", Cookie: "session=${canary('http-cookie')}", Authorization: "Token ${canary('http-header')}" },
      expect: { body: never, headers: { Server: never } } }
  - { name: http-env, type: http, url: "${echo.url}/f/\${OUTRIDER_TEST_TOKEN}", headers: { X-Own: "\${file:${folder}/secret}" } }
  - { name: http-refused, type: http, url: "http://someone:${encoded('http-refused')}@127.0.0.1:1/" }
  - { name: http-tls, type: http, url: "${secure.url.replace('//', `//someone:${encoded('http-tls')}@`)}/" }`;

  beforeAll(async () => {
    certificates = await makeCertificates('IP:127.0.0.1');
    folder = await temporaryFolder('secrets');
    await writeFile(join(folder, 'secret'), `${canary('file')}\n`, { mode: 0o600 });
    [database, cache, queue, alertmanager, echo, secure] = await Promise.all([
      startPostgres({ auth: 'scram-sha-256', tls: certificates }),
      startRedis({ args: ['--requirepass', 'the-right-one'] }),
      startKafka({ sasl: { user: 'app', password: 'the-right-one' } }),
      startAlertmanager(),
      startHttpServer(parrot),
      startHttpServer(parrot, certificates),
    ]);
    const elsewhere = `http://someone:${encoded('am-url')}@127.0.0.1`;
    config = `
service: shop
store: postgres://outrider:${encoded('store')}@127.0.0.1:1/outrider
startup_grace: 0s
external_url: https://outrider.example
auth:
  tokens:
    - { name: ci, token: "${canary('token')}", scopes: [admin] }
    - { name: cd, token: "\${OUTRIDER_TEST_TOKEN}", scopes: [write] }
  users: [{ name: alice, password_hash: "$argon2id$${canary('hash')}" }]
defaults: { interval: 2s, timeout: 1500ms }
targets:${targetsOf()}
notify:
  alertmanager: { urls: ["${alertmanager.url}"] }
  by-url: { type: alertmanager, urls: ["${elsewhere}:1", "${elsewhere}:${echo.port}/api"] }
  by-basic: { type: alertmanager, urls: ["${echo.url}/api/basic"],
      auth: { basic: { username: app, password: "${canary('am-basic')}" } } }
  by-bearer: { type: alertmanager, urls: ["${echo.url}/api/bearer", "${secure.url}"], auth: { bearer: "${canary('am-bearer')}" } }
`;
    outrider = await startOutrider(config, { env: env(), flags: ['--log-level', 'debug'] });
    names = Object.keys(await shownTargets(outrider));
    await untilStatus(outrider, 'down', names);
  });
  afterAll(async () => {
    const all = [outrider, database, cache, queue, alertmanager, echo, secure, certificates];
    await Promise.all(all.map((one) => one?.[Symbol.asyncDispose]()));
    if (folder !== undefined) await removeFolder(folder);
  });

  const tool = (args: readonly string[]) => {
    const command = {
      name: 'outrider',
      file: process.execPath,
      args: [BIN, ...args],
      env: { ...process.env, ...env() },
    };
    return run(command, 30_000);
  };

  it('by the target’s failure, whichever it is', async () => {
    const targets = await shownTargets(outrider);
    const reasons = new Map<string, string[]>();
    for (const { name, reason = 'none' } of Object.values(targets))
      reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
    // What the test provokes is what it means to provoke.
    expect(Object.fromEntries(reasons)).toEqual({
      auth: names.filter((name) => !/refused|dns|tls|headers/.test(name)),
      assertion: ['http-headers'],
      dns: ['pg-dns'],
      refused: ['http-refused', 'kafka-refused', 'pg-refused'],
      tls: ['http-tls', 'pg-tls', 'redis-tls'],
    });
    expect(canaries.seenIn(JSON.stringify(targets))).toEqual([]);
  });

  it('by any route', async () => {
    const paths = routes
      .filter(({ methods }) => methods.includes('GET'))
      .flatMap(({ path }) => (path.includes(':name') ? names.map((name) => path.replace(':name', name)) : [path]));
    expect(paths.length).toBeGreaterThan(2 * names.length);
    for (const path of [...paths, '/metrics?type=http', '/nowhere', '/api/v1/targets/nobody']) {
      const answer = await outrider.get(path);
      const headers = JSON.stringify([...answer.headers]);
      expect(canaries.seenIn(`${headers}\n${await answer.text()}`), path).toEqual([]);
    }
    const openmetrics = await fetch(`${outrider.url}/metrics`, { headers: { Accept: 'application/openmetrics-text' } });
    expect(canaries.seenIn(await openmetrics.text())).toEqual([]);
  });

  it('by what Alertmanager holds, nor by what other receivers answered', async () => {
    await until('every outage is in Alertmanager', async () =>
      (await activeAlerts(alertmanager.url)).length === names.length ? true : undefined,
    );
    expect(canaries.seenIn(JSON.stringify(await activeAlerts(alertmanager.url)))).toEqual([]);
    await until('every other receiver failed', async () => {
      const up = (await exposedBy(outrider)).get('outrider_receiver_up') ?? [];
      return up.length === 6 && up.filter(({ value }) => value === 0).length === 5 ? true : undefined;
    });
    expect(seriesIn(await exposedBy(outrider), 'outrider_receiver_up', { receiver: alertmanager.url })).toBe(1);
    expect(outrider.output()).toMatch(/msg="a receiver could not be told".*answered 500/);
    // The receivers were really told with their secrets.
    const sent = echo.requests.map(({ headers }) => headers.authorization ?? '').join('\n');
    expect(canaries.seenIn(sent)).toEqual(expect.arrayContaining(['am-url', 'am-basic', 'am-bearer', 'http-basic']));
  });

  it('by a reload of a config with mistakes beside the secrets', async () => {
    const reload = () =>
      fetch(`${outrider.url}/-/reload`, { method: 'POST', headers: { Authorization: `Bearer ${canary('token')}` } });
    const broken = [
      config.replaceAll('password:', 'pasword:'),
      config.replaceAll(/(password|bearer|token): "/g, '$1: *"'),
      config.replaceAll(/(url|urls): /g, '$1: x'),
      config.replaceAll('postgres://', 'pogstres://'),
      config.replaceAll(/(password|bearer): ("[^"]*")/g, '$1: [$2]'),
      config.replaceAll(/sasl: \{[^}]*password: ("[^"]*") \}/g, 'sasl: $1'),
      `${config}targets: []\n`,
      config.slice(0, -40),
    ];
    for (const text of broken) {
      await writeFile(outrider.configFile, text);
      const answer = await reload();
      expect(answer.status).toBe(500);
      const body = await answer.text();
      expect(canaries.seenIn(body), body).toEqual([]);
      const commands = [['check'], ['run', '--listen', '127.0.0.1:0']];
      for (const said of await Promise.all(commands.map((args) => tool([...args, '-c', outrider.configFile])))) {
        expect(said.code).toBe(1);
        expect(canaries.seenIn(`${said.stdout}${said.stderr}`), text).toEqual([]);
      }
    }
    await writeFile(outrider.configFile, config);
    expect((await reload()).status).toBe(200);
  });

  it('by the commands', async () => {
    const said = await Promise.all(
      [['check'], ...names.slice(0, 3).map((name) => ['probe', name]), ['probe', 'nobody']].map((args) =>
        tool([...args, '-c', outrider.configFile]),
      ),
    );
    for (const { stdout, stderr } of said) expect(canaries.seenIn(`${stdout}${stderr}`)).toEqual([]);
    const shown = names.filter((name) => /^(http-[behu].*|pg-url|pg-tls|redis-url|kafka-plain)$/.test(name));
    await Promise.all(
      shown.map(async (name) => {
        const { code, stdout, stderr } = await tool(['probe', name, '--json', '-c', outrider.configFile]);
        expect(code, stderr).toBe(1);
        expect(JSON.parse(stdout)).toMatchObject({ target: name, outcome: 'down' });
        expect(canaries.seenIn(`${stdout}${stderr}`), name).toEqual([]);
      }),
    );
    const urls = [
      `postgres://postgres:${encoded('argument')}@127.0.0.1:${database.port}/postgres`,
      `redis://:${encoded('argument')}@127.0.0.1:${cache.port}`,
      `${echo.url.replace('//', `//someone:${encoded('argument')}@`)}/`,
    ];
    await Promise.all(
      urls.map(async (url) => {
        const { code, stdout, stderr } = await tool(['probe', url, '--json']);
        expect(code, stderr).toBe(1);
        expect(canaries.seenIn(`${stdout}${stderr}`), url).toEqual([]);
      }),
    );
  });

  it('by the process list', async () => {
    expect(canaries.seenIn(await readFile(`/proc/${outrider.pid}/cmdline`, 'utf8'))).toEqual([]);
  });

  it('by the log, at its most talkative, to the end', async () => {
    expect((await outrider.stop()).code).toBe(0);
    expect(outrider.output()).toMatch(/level=debug/);
    expect(canaries.seenIn(outrider.output())).toEqual([]);
  });

  it.each(['json', 'pretty'])('by the log as %s', async (format) => {
    const flags = ['--log-level', 'debug', '--log-format', format];
    await using other = await startOutrider(config, { env: env(), flags });
    await untilStatus(other, 'down', names);
    expect((await other.stop()).code).toBe(0);
    expect(canaries.seenIn(other.output())).toEqual([]);
  });
});
