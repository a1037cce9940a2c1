import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { Secret } from '../../src/core/secret.ts';
import { configFolder, goodConfig, problemsOf, warningsOf } from '../support/config-folder.ts';

const target = (rest: string) => `targets:\n  - { name: api, type: http, url: "http://localhost/", ${rest} }\n`;
const shop = (targets: string, rest = '') => `service: shop\n${rest}\n${targets}`;
const oneTarget = async (own: string, rest = '') => {
  const [only] = (await goodConfig(shop(target(own), rest))).targets;
  if (only === undefined) throw new Error('no target');
  return only.target;
};

describe('what is not written', () => {
  it('has its default', async () => {
    expect(await goodConfig('service: shop\ntargets: []')).toEqual({
      service: 'shop',
      timezone: 'UTC',
      listen: undefined,
      store: undefined,
      externalUrl: undefined,
      labels: {},
      targets: [],
      receivers: [],
      severities: [{ name: 'P0' }, { name: 'P1' }, { name: 'P2' }, { name: 'P3' }].map((each) =>
        expect.objectContaining(each),
      ),
      timeIntervals: {},
      routes: [],
      sender: 'outrider',
      fallback: undefined,
      auth: { read: 'public', tokens: [] },
      connectivity: [],
      correlation: { holdMs: 15_000, grace: 2, windowMs: 30_000 },
      flapping: { high: 0.3, low: 0.2 },
      maintenance: [],
      watchdog: { to: [], heartbeatUrl: undefined, everyMs: 60_000 },
      history: { minutesMs: 48 * 3_600_000, hoursMs: 400 * 86_400_000 },
      limits: { inFlight: 4000, bodyBytes: 1024 ** 2, series: 2000 },
      metrics: { exporterNames: 'all' },
      secrets: [],
      filesFrom: expect.any(String),
      files: [expect.stringMatching(/outrider\.yml$/)],
      notActedOn: [],
    });
  });

  it('has its default in a target', async () => {
    expect(await oneTarget('')).toMatchObject({
      ...{ name: 'api', type: 'http', intervalMs: 15_000, timeoutMs: 5_000, confirm: 1, recover: 2 },
      ...{ startupGraceMs: 60_000, critical: undefined, dependsOn: [], labels: {}, instance: 'api', enabled: true },
      ...{ group: undefined, description: undefined, runbook: undefined, dashboard: undefined, hosts: ['localhost'] },
      ...{ places: [], slo: undefined },
    });
  });
});

describe('a target inherits', () => {
  it.each([
    [
      'what it says itself, first',
      'interval: 7s',
      'defaults: { interval: 8s, types: { http: { interval: 9s } } }',
      7_000,
    ],
    ['then what defaults say of its type', '', 'defaults: { interval: 8s, types: { http: { interval: 9s } } }', 9_000],
    ['then what defaults say', '', 'defaults: { interval: 8s, types: { redis: { interval: 9s } } }', 8_000],
  ])('%s', async (_, own, rest, intervalMs) => expect((await oneTarget(own, rest)).intervalMs).toBe(intervalMs));

  it('confirm, recover, builtin_alerts and startup_grace likewise', async () => {
    const rest = 'defaults: { confirm: 3, types: { http: { recover: 4, builtin_alerts: none } } }\nstartup_grace: 2m';
    expect(await oneTarget('', rest)).toMatchObject({ confirm: 3, recover: 4, alerts: [], startupGraceMs: 120_000 });
    expect(await oneTarget('startup_grace: 0s, confirm: 0', rest)).toMatchObject({ confirm: 0, startupGraceMs: 0 });
  });

  it('a timeout that is cut to its interval', async () => {
    expect((await oneTarget('interval: 2s')).timeoutMs).toBe(2_000);
    expect((await oneTarget('interval: 2s', 'defaults: { timeout: 3s }')).timeoutMs).toBe(2_000);
    expect((await oneTarget('interval: 2s, timeout: 2s')).timeoutMs).toBe(2_000);
  });

  it('the labels of the config, and takes one away by an empty value', async () => {
    const { labels } = await oneTarget(
      'labels: { team: core, env: "" }',
      'labels: { env: production, team: all, a: b }',
    );
    expect(labels).toEqual({ team: 'core', a: 'b' });
  });
});

it('a dependency is hard unless it is soft', async () => {
  const text = shop(
    `${target('depends_on: [a, { name: b }, { name: c, soft: true }]')}${['a', 'b', 'c'].map((name) => `  - { name: ${name}, type: redis, url: redis://x }\n`).join('')}`,
  );
  expect((await goodConfig(text)).targets[0]?.target.dependsOn).toEqual([
    { name: 'a', soft: false },
    { name: 'b', soft: false },
    { name: 'c', soft: true },
  ]);
});

it('the rest is as the stages name it', async () => {
  const config = await goodConfig(
    shop(
      'targets: []',
      [
        'listen: "[::1]:9000"',
        'store: memory',
        'external_url: https://outrider.example.com/x',
        'connectivity: [1.1.1.1:443]',
        'correlation: { hold: 1s, grace: 3 }',
        'limits: { body: 2kB }',
        'history: { minutes: 12h }',
        'metrics: { exporter_names: [http] }',
        'auth: { read: token, tokens: [{ name: ci, token: a-long-enough-token, scopes: [read, write] }] }',
        'notify: { alertmanager: { urls: [http://a] }, b: { type: alertmanager, urls: [http://b] } }',
      ].join('\n'),
    ),
  );
  expect(config).toMatchObject({
    listen: { host: '::1', port: 9000 },
    store: 'memory',
    externalUrl: 'https://outrider.example.com/x',
    connectivity: [{ host: '1.1.1.1', port: 443 }],
    correlation: { holdMs: 1000, grace: 3, windowMs: 30_000 },
    limits: { inFlight: 4000, bodyBytes: 2000, series: 2000 },
    history: { minutesMs: 12 * 3_600_000, hoursMs: 400 * 86_400_000 },
    metrics: { exporterNames: ['http'] },
    auth: { read: 'token', tokens: [{ name: 'ci', scopes: ['read', 'write'] }] },
    receivers: [{ name: 'alertmanager' }, { name: 'b', settings: { type: 'alertmanager' } }],
  });
  expect(config.auth.tokens[0]?.token).toBeInstanceOf(Secret);
});

it('everything is frozen', async () => {
  const config = await goodConfig(shop(target('expect: { status: [200] }'), 'labels: { a: b }'));
  const open: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value) && [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)))
      open.push(path);
    for (const [key, each] of Object.entries(value)) look(each, `${path}.${key}`);
  };
  look(config, 'config');
  expect(open).toEqual([]);
});

describe('what is accepted but not acted on', () => {
  it('is named', async () => {
    const rest = [
      'timezone: Europe/Berlin',
      'store: memory',
      'auth: { users: [{ name: a, password_hash: $argon2id$v=19$x }] }',
    ].join('\n');
    const own = 'alerts: [{ name: Slow, when: duration > 2s, category: performance }]';
    expect((await goodConfig(shop(target(own), rest))).notActedOn).toEqual([
      ...['auth.users', 'timezone', 'alerts.category'],
    ]);
  });

  it('is nothing where all of it is', async () => {
    const rest = [
      'timezone: Europe/Berlin',
      'maintenance: [{ name: backup, cron: "@daily", duration: 1h, targets: [api] }]',
      'correlation: { window: 1m }',
      'connectivity: [1.1.1.1:443]',
    ].join('\n');
    const alert = '{ name: Slow, when: duration > 2s, keep_firing_for: 1m, raise: [{ after: 5m, severity: P1 }] }';
    const own = `place: rack-1, slo: 99% over 30d, alerts: [${alert}]`;
    expect((await goodConfig(shop(target(own), rest))).notActedOn).toEqual([]);
  });
});

describe('a warning is given', () => {
  it.each([
    [
      'of an address that others reach, without a token',
      shop('targets: []', 'listen: 0.0.0.0:9875'),
      'listen: others can reach',
    ],
    [
      'of a token that can be guessed',
      shop('targets: []', 'auth: { tokens: [{ name: a, token: s3cr3t, scopes: [read] }] }'),
      'auth.tokens[a].token: a token this short',
    ],
    [
      'of certificates that nobody verifies',
      shop(target('tls: { insecure_skip_verify: true }')),
      'targets[api].tls.insecure_skip_verify: the certificate is not verified',
    ],
    [
      'of a receiver whose certificate nobody verifies',
      shop('targets: []', 'notify: { alertmanager: { urls: [https://a], tls: { insecure_skip_verify: true } } }'),
      'notify.alertmanager.tls.insecure_skip_verify: the certificate',
    ],
    ['of nothing to probe', 'service: shop\ntargets: []', 'targets: nothing is probed'],
    [
      'of a dependency that is paused',
      shop(`${target('depends_on: [a]')}  - { name: a, type: redis, url: redis://x, enabled: false }`),
      'targets[api].depends_on[0]: "a" is not enabled',
    ],
    [
      'of two alerts that watch the same',
      shop(target('alerts: [{ name: Two, when: p95(duration) over 15m > 1s }]')),
      'targets[api].alerts[Two].when: Two watches',
    ],
  ])('%s', async (_, text, warning) => {
    expect(await warningsOf(text)).toContainEqual(expect.stringContaining(warning));
  });

  it('of a secret file that everybody can read, and of no other', async () => {
    using folder = configFolder();
    folder.write('open', 'a-token-in-an-open-file', 0o644);
    folder.write('closed', 'a-token-in-a-closed-file');
    const tokens = ['open', 'closed'].map(
      (name) => `    - { name: ${name}, token: "\${file:${name}}", scopes: [read] }`,
    );
    const file = folder.write(
      'outrider.yml',
      `service: shop\ntargets: [{ name: a, type: redis, url: redis://x }]\nauth:\n  tokens:\n${tokens.join('\n')}\n`,
    );
    const loaded = await loadConfig({ files: [file], env: {} });
    expect(loaded.ok && loaded.warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'auth.tokens[open].token: the file open can be read by every user of this machine: expected mode 0600',
    ]);
  });

  it('of nothing, where there is nothing', async () => {
    expect(await warningsOf(shop(target(''), 'listen: 127.0.0.1:9875'))).toEqual([]);
  });
});

describe('files', () => {
  it('that a config names are part of it, and relative to it', async () => {
    using folder = configFolder();
    const secret = folder.write('token', 'a-token-in-a-file\r\n');
    const file = folder.write(
      'outrider.yml',
      `service: shop\ntargets: []\nauth: { tokens: [{ name: a, token: "\${file:token}", scopes: [read] }] }`,
    );
    const loaded = await loadConfig({ files: [file], env: {} });
    expect(loaded).toMatchObject({ ok: true, config: { files: [file, secret], filesFrom: folder.path } });
    expect(loaded.ok && loaded.config.auth.tokens[0]?.token.reveal()).toBe('a-token-in-a-file');
  });

  it('may begin with a byte order mark', async () => {
    expect((await goodConfig('\ufeffservice: shop\ntargets: []')).service).toBe('shop');
  });

  it.each<[string, string | Uint8Array, string]>([
    ['larger than 1 MiB', `# ${'x'.repeat(1024 ** 2)}`, 'the file is larger than 1 MiB'],
    ['of other bytes than UTF-8', new Uint8Array([0x61, 0x3a, 0xff]), 'the file is not UTF-8 text'],
  ])('%s are refused', async (_, text, message) => expect(await problemsOf(text)).toEqual([`1:1: ${message}`]));

  it('that are not there are told, all of them', async () => {
    using folder = configFolder();
    const good = folder.write('outrider.yml', 'service: shop\ntargets: []');
    const loaded = await loadConfig({ files: [`${good}.no`, good, folder.path], env: {} });
    expect(!loaded.ok && loaded.problems.map(({ message }) => message)).toEqual([
      'the file does not exist',
      'the file is a folder',
    ]);
  });
});
