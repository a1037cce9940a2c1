import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { type } from './terminal.ts';

const COMPOSE = `services:
  api:
    image: example/api
    ports: ["8000:8000"]
    environment: { DATABASE_URL: "postgres://shop:opensesame@db/shop" }
    healthcheck: { test: [CMD, curl, -f, "http://localhost:8000/health"] }
    depends_on: [db]
  db: { image: "postgres:18" }
  jobs: { image: example/api, depends_on: [db], profiles: [jobs] }
`;

let folder: ConfigFolder;
let compose: string;
let output: string;
beforeEach(() => {
  folder = configFolder();
  compose = folder.write('docker-compose.yml', COMPOSE);
  output = join(folder.path, 'config', 'outrider.yml');
});
afterEach(() => folder[Symbol.dispose]());

const written = (): string => readFileSync(output, 'utf8');

describe('outrider init', () => {
  it('writes a config and the schema that its first line names', async () => {
    const { code, out, err } = await type(['init', '-f', compose, '-o', output]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(written()).toContain('url: http://api:8000/health');
    expect(JSON.parse(readFileSync(join(folder.path, 'config', 'outrider.schema.json'), 'utf8'))).toHaveProperty(
      'title',
    );
    expect(err).toBe(`wrote ${output}: 2 targets (1 http, 1 postgres) from ${compose}
left out:
  jobs: its profile is not active (--profile jobs adds it)
variables that it needs:
  DATABASE_URL
next: outrider check -c ${output}
`);
  });

  it('replaces nothing without --force', async () => {
    await type(['init', '-f', compose, '-o', output]);
    const before = written();
    folder.write('docker-compose.yml', COMPOSE.replace('8000/health', '8000/other'));
    const { code, err } = await type(['init', '-f', compose, '-o', output]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `error: ${output} exists; --force replaces it, -o writes elsewhere\n`,
    });
    expect(written()).toBe(before);
    expect((await type(['init', '-f', compose, '-o', output, '--force'])).code).toBe(0);
    expect(written()).toContain('http://api:8000/other');
  });

  it.each([['--stdout'], ['-o', '-']])('prints the config alone with %s %s', async (...flags) => {
    const { code, out, err } = await type(['init', '-f', compose, ...flags]);
    expect(code).toBe(0);
    expect(out).toMatch(/^# yaml-language-server: .*\n[\s\S]*\n$/);
    expect(out).toContain('depends_on: [db]');
    expect(err).toMatch(/^2 targets \(1 http, 1 postgres\) from /);
    expect(existsSync(output)).toBe(false);
  });

  it('repeats no password, wherever it writes', async () => {
    const { out, err } = await type(['init', '-f', compose, '--stdout']);
    expect(out + err).not.toContain('opensesame');
  });

  it('merges several files, and takes profiles', async () => {
    const over = folder.write('over.yml', 'services: { jobs: { expose: [9000] } }\n');
    const { out } = await type(['init', '-f', compose, '-f', over, '--profile', 'jobs', '--stdout']);
    expect(out).toContain('url: http://jobs:9000/');
    const byVariable = await type(['init', '--stdout'], {
      COMPOSE_FILE: `${compose}:${over}`,
      COMPOSE_PROFILES: 'jobs',
    });
    expect(byVariable.out).toBe(out);
  });

  it('goes by the environment alone where it is told to', async () => {
    const env = {
      DATABASE_URL: 'postgres://u:opensesame@db.example.com/shop',
      REDIS_URL: 'redis://cache:6379',
      KAFKA_BROKERS: 'a.example.com:9092,b.example.com:9092',
      PAYMENTS_URL: 'https://pay.example.com',
      AMQP_URL: 'amqp://rabbit',
      ALERTMANAGER_URL: 'http://alertmanager:9093',
      HTTPS_PROXY: 'http://proxy:3128',
    };
    const { out, err } = await type(['init', '--environment', '-o', output], env);
    expect(out).toBe('');
    expect(err).toContain('4 targets (1 postgres, 1 kafka, 1 redis, 1 http) from the environment');
    expect(err).toContain('AMQP_URL: there is no probe for it yet');
    expect(written()).not.toContain('opensesame');
    expect(written()).not.toContain('proxy');
    const checked = await type(['check', '-c', output], env);
    expect(checked.out).toContain('good: 4 targets (1 postgres, 1 kafka, 1 redis, 1 http), 1 receiver');
  });

  it('says what is missing where there is nothing to go by', async () => {
    const { code, err } = await type(['init', '--environment', '--stdout'], { HOME: '/root' });
    expect(code).toBe(0);
    expect(err).toContain('No compose file was read (-f FILE names one)');
  });

  it('goes by a config of Gatus, or of Prometheus and its blackbox_exporter', async () => {
    const gatus = folder.write(
      'gatus.yml',
      'endpoints: [{ name: api, url: "https://a.example.com", conditions: ["[STATUS] == 200"] }]\n',
    );
    expect((await type(['init', '--gatus', gatus, '--stdout'])).out).toContain('expect: { status: 200 }');
    const prometheus = folder.write(
      'prometheus.yml',
      'scrape_configs: [{ job_name: web, metrics_path: /probe, params: { module: [m] }, static_configs: [{ targets: ["https://a.example.com"] }] }]\n',
    );
    const blackbox = folder.write(
      'blackbox.yml',
      'modules: { m: { prober: http, http: { valid_status_codes: [204] } } }\n',
    );
    const { out } = await type(['init', '--prometheus', prometheus, '--blackbox', blackbox, '--stdout']);
    expect(out).toContain('expect: { status: 204 }');
  });

  it.each([
    [['--gatus', 'a.yml', '--environment'], 'expected only one of --environment and --gatus'],
    [['--blackbox', 'a.yml'], '--blackbox goes with --prometheus: the targets are there'],
    [['-f', '/nowhere/compose.yml'], '/nowhere/compose.yml does not exist'],
  ])('refuses %j', async (flags, message) => {
    const { code, out, err } = await type(['init', ...flags, '--stdout']);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `error: ${message}\n` });
  });

  it.each([
    ['services: [', ':2:1: '],
    ['services: { a: { extends: { service: b } } }', ': services.a extends b, which '],
    ['services: { a: { extends: a } }', ': services.a extends more than 16 others'],
    ['include: [bad.yml]', ': include goes deeper than 16 files'],
    ['a list', ': expected a map'],
  ])('refuses a compose file with %j in a sentence', async (text, message) => {
    const bad = folder.write('bad.yml', `${text}\n`);
    const { code, err } = await type(['init', '-f', bad, '--stdout']);
    expect(code).toBe(2);
    expect(err).toContain(`${bad}${message}`);
    expect(err.split('\n').length).toBe(2);
  });
});
