import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { accepts } from '../../demo/service/port.ts';
import { startPostgres } from '../../demo/service/postgres.ts';
import { launch } from '../../demo/service/process.ts';
import { processTable } from '../../demo/service/process-table.ts';
import { startPrometheus } from '../../demo/service/prometheus.ts';
import { startRedis } from '../../demo/service/redis.ts';
import { until } from '../support/wait.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 500, query_timeout: 500 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const lives = (pid: number) => processTable().some((entry) => entry.pid === pid);

describe('a started Postgres', () => {
  it.each(['stop', 'kill'] as const)('keeps its data and its port across %s and start', async (how) => {
    await using postgres = await startPostgres();
    await query(postgres.url, 'create table kept as select 42 as answer');
    await postgres[how]();
    expect(await accepts(postgres.port)).toBe(false);
    await postgres.start();
    expect(await query(postgres.url, 'select * from kept')).toEqual([{ answer: 42 }]);
  });

  it('does not answer while frozen, and answers again', async () => {
    await using postgres = await startPostgres();
    await postgres.freeze();
    await expect(query(postgres.url, 'select 1')).rejects.toThrow();
    await postgres.thaw();
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts again although somebody else killed its server process', async () => {
    await using postgres = await startPostgres();
    const pid = postgres.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await until('the starter sees its end', () => postgres.pid === undefined || undefined);
    await postgres.start();
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('asks for the password with SCRAM', async () => {
    await using postgres = await startPostgres({ auth: 'scram-sha-256' });
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(query(postgres.url.replace(postgres.password, 'wrong'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('can be the standby of another', async () => {
    await using primary = await startPostgres();
    await using standby = await startPostgres({ standbyOf: primary });
    expect(await query(standby.url, 'select pg_is_in_recovery() as standby')).toEqual([{ standby: true }]);
  });
});

describe('what a started service leaves', () => {
  it('is neither a process nor its folder, even when it was killed or frozen last', async () => {
    const redis = await startRedis();
    const postgres = await startPostgres();
    const pids = [redis.pid ?? 0, postgres.pid ?? 0];
    await postgres.kill();
    await redis.freeze();
    await Promise.all([redis[Symbol.asyncDispose](), postgres[Symbol.asyncDispose]()]);
    expect(pids.filter(lives)).toEqual([]);
    expect([redis.folder, postgres.folder].filter((folder) => existsSync(folder))).toEqual([]);
  });

  it('is nothing although its starter was killed', async () => {
    const script = `
      const { startRedis } = await import(${JSON.stringify(join(import.meta.dirname, '../../demo/service/redis.ts'))});
      const redis = await startRedis();
      await redis.freeze();
      console.log(JSON.stringify([redis.pid, redis.folder]));
      setInterval(() => undefined, 1000);
    `;
    const lines: string[] = [];
    const args = ['--input-type=module', '-e', script];
    const starter = await launch({ name: 'starter', file: process.execPath, args }, (text) => lines.push(text));
    await until('the starter is up', () => lines.join('').endsWith('\n') || undefined);
    const [pid, folder] = JSON.parse(lines.join('')) as [number, string];
    process.kill(starter.pid, 'SIGKILL');
    await until('nothing is left', () => (!lives(pid) && !existsSync(folder)) || undefined);
    await starter.end('SIGKILL', 0);
  });
});

describe('a service that cannot start', () => {
  it('says why and leaves no folder', async () => {
    const error = await startPrometheus({ config: 'nonsense: true\n' }).catch((reason: unknown) => reason);
    expect(String(error)).toContain('prometheus ended with 2 before it was ready:');
    expect(String(error)).toContain('field nonsense not found');
    const folder = /\S*\/outrider-prometheus-\w+/.exec(String(error))?.[0] ?? '';
    expect(folder).not.toBe('');
    expect(existsSync(folder)).toBe(false);
  });
});

describe('a started Redis', () => {
  it('takes further arguments', async () => {
    await using service = await startRedis({ args: ['--maxmemory', '5mb'] });
    using redis = Object.assign(new Redis(service.url), { [Symbol.dispose]: () => redis.disconnect() });
    redis.on('error', () => undefined);
    expect(await redis.config('GET', 'maxmemory')).toEqual(['maxmemory', '5242880']);
  });
});
