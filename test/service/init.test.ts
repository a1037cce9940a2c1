import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startPostgres } from '../../demo/service/postgres.ts';
import { startRedis } from '../../demo/service/redis.ts';
import { outrider } from '../smoke/command.ts';
import { startDaemon } from '../smoke/daemon.ts';
import { configFolder } from '../support/config-folder.ts';
import { startHttpServer } from '../support/http-server.ts';
import { until } from '../support/wait.ts';

/** Another project's file: it was written without a thought of Outrider. */
const COMPOSE = `
x-app: &app
  image: registry.example.com/shop/api:\${TAG:-latest}
  network_mode: host
  environment: &env
    DATABASE_URL: postgres://shop:development-only@db:5432/shop
    REDIS_URL: \${REDIS_URL:-redis://cache:6379/0}
  depends_on:
    migrate: { condition: service_completed_successfully }
services:
  api:
    <<: *app
    command: [serve, --port, "\${API_PORT}"]
    healthcheck: { test: [CMD, curl, -fsS, "http://localhost:\${API_PORT}/health"], interval: 10s }
  worker: { <<: *app, command: [work], depends_on: [api] }
  migrate: { image: "registry.example.com/shop/api", command: [migrate], environment: { <<: *env }, depends_on: [db, cache] }
  db:
    image: postgres:17
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: development-only }
  cache: { image: "valkey/valkey:8" }
  mail: { image: "postfix" }
`;

interface Row {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly dependsOn: readonly string[];
}

interface AlertRow {
  readonly alertname: string;
  readonly target: string;
  readonly state: string;
}

it('in a fresh folder with the compose file of another project, init, check and run are all that it takes', async () => {
  await using postgres = await startPostgres({ auth: 'scram-sha-256' });
  await using redis = await startRedis();
  await using api = await startHttpServer((_, response) => {
    response.statusCode = postgres.pid === undefined ? 503 : 200;
    response.end();
  });
  using folder = configFolder();
  folder.write('docker-compose.yml', COMPOSE);
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, API_PORT: String(api.port) };
  const options = { cwd: folder.path, env };

  const made = await outrider(['init'], { cwd: folder.path });
  expect(made).toMatchObject({ code: 0, stdout: '' });
  expect(made.stderr).toContain(
    'wrote config/outrider.yml: 3 targets (1 http, 1 postgres, 1 redis) from docker-compose.yml',
  );
  for (const line of [
    'worker: it has no port',
    'migrate: it runs once',
    'mail: there is no probe',
    '  DATABASE_URL\n',
    '  API_PORT\n',
  ])
    expect(made.stderr).toContain(line);

  // From here on the file is a person's.
  appendFileSync(join(folder.path, 'config', 'outrider.yml'), 'defaults: { interval: 500ms, timeout: 400ms }\n');
  const checked = await outrider(['check'], options);
  expect(checked.stdout).toContain('good: 3 targets (1 http, 1 postgres, 1 redis)');
  expect(checked.code).toBe(0);

  await using daemon = await startDaemon([], options);
  const { value: rows } = await until('every target is up', async () => {
    const all = (await (await fetch(`http://127.0.0.1:${daemon.port}/api/v1/targets`)).json()) as readonly Row[];
    return all.length > 0 && all.every(({ status }) => status === 'up') ? all : undefined;
  });
  const graph = rows.map(({ name, type, dependsOn }) => [name, type, dependsOn]);
  expect(Object.fromEntries(graph.map(([name, ...rest]) => [name, rest]))).toEqual({
    api: ['http', ['db', 'cache']],
    cache: ['redis', []],
    db: ['postgres', []],
  });

  await postgres.kill();
  await until('the database is the cause, and the API behind it a symptom', async () => {
    const alerts = (await (await fetch(`http://127.0.0.1:${daemon.port}/api/v1/alerts`)).json()) as readonly AlertRow[];
    const said = alerts.map(({ alertname, target, state }) => `${alertname} ${target} ${state}`);
    return (said.includes('PostgresDown db firing') && said.includes('HttpDown api suppressed')) || undefined;
  });
  expect(daemon.stderr()).not.toContain('development-only');
});
