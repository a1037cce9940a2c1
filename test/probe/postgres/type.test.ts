import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../../src/core/duration.ts';
import { postgres } from '../../../src/probe/postgres/type.ts';

const parse = (keys: Readonly<Record<string, unknown>>) => postgres.schema.safeParse({ type: 'postgres', ...keys });

describe('the keys of a postgres target', () => {
  it.each([
    [{}, 'expected url or host'],
    [{ url: 'postgres://db', host: 'db' }, 'expected url or host, not both'],
    [{ url: 'postgres://db', port: 5433 }, 'port goes with host'],
    [{ url: 'mysql://db' }, 'expected a URL such as postgres://host, got "mysql://…"'],
    [{ url: 'postgres://one:5432,two:5432/shop' }, 'one that does not parse'],
    [{ url: 'postgres://one,two/shop' }, 'one host'],
    [{ url: 'postgres://db?sslmode=sometimes' }, 'sslmode'],
    [{ host: 'one,two' }, 'one host'],
    [{ host: 'db', port: 0 }, '>=1'],
    [{ host: 'db', sslmode: 'disable', tls: { ca: 'ca.pem' } }, 'tls has no effect'],
    [{ host: 'db', sslmode: 'maybe' }, 'expected one of'],
    [{ host: 'db', pooler: 'odyssey' }, 'pgbouncer'],
    [{ host: 'db', querys: {} }, 'querys'],
  ])('are refused as %j: %s', (keys, message) => {
    const result = parse(keys);
    expect(result.error?.issues.map((issue) => issue.message).join('; ')).toContain(message);
  });

  it('keep the password out of everything that prints them', () => {
    const settings = parse({ url: 'postgres://app:hunter22@db/shop?password=hunter22', password: 'hunter22' }).data;
    expect(settings).toBeDefined();
    expect(`${inspect(settings, { depth: 9 })}${JSON.stringify(settings)}`).not.toContain('hunter22');
  });

  it('are all described', () => {
    for (const [key, schema] of Object.entries(postgres.schema.shape)) expect(schema.description, key).toBeTruthy();
  });
});

describe('the postgres type', () => {
  it.each([
    [{ url: 'postgres://app@db.example:5433/shop' }, ['db.example']],
    [{ host: '10.0.0.5' }, ['10.0.0.5']],
    [{ host: '/run/postgresql' }, ['localhost']],
  ])('asks the hosts of %j', (keys, hosts) => {
    expect(postgres.hosts(postgres.schema.parse({ type: 'postgres', ...keys }))).toEqual(hosts);
  });

  it('watches only what it measures', () => {
    const measures = new Set(postgres.measures.map(({ name }) => name));
    const watched = postgres.alerts.flatMap(({ when }) => when.match(/[a-z_]{4,}(?=[) ])/g) ?? []);
    const words = new Set(['down', 'over', 'increase', 'p95']);
    expect(watched.filter((name) => !measures.has(name) && !words.has(name))).toEqual([]);
    for (const { for: held } of postgres.alerts)
      if (held !== undefined) expect(parseDurationMs(held)).toBeGreaterThan(0);
  });

  it('declares each series once', () => {
    const names = [...postgres.measures, ...postgres.series].map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
