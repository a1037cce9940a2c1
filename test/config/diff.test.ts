import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { diffTargets, keepUnchanged } from '../../src/config/diff.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configFolder, goodConfig } from '../support/config-folder.ts';

const BASE = {
  top: 'labels: { env: test }',
  api: '{ name: api, type: http, url: http://api/ }',
  cache: `{ name: cache, type: redis, url: "redis://:\${PASSWORD}@cache" }`,
};
const targetsOf = async (parts: Partial<typeof BASE>, env = { PASSWORD: 'a' }) => {
  const { top, api, cache } = { ...BASE, ...parts };
  const items = [api, cache].filter((each) => each !== '').map((each) => `  - ${each}\n`);
  return (await goodConfig(`service: shop\n${top}\ntargets:\n${items.join('')}`, env)).targets;
};

/** Names by what became of them. */
async function diff(parts: Partial<typeof BASE>, env?: { PASSWORD: string }) {
  const { added, removed, changed, unchanged } = diffTargets(await targetsOf({}), await targetsOf(parts, env));
  const names = (targets: typeof added) => targets.map(({ target }) => target.name);
  return { added: names(added), removed: names(removed), changed: names(changed), unchanged: names(unchanged) };
}

const NOTHING = { added: [], removed: [], changed: [], unchanged: [] };

describe('between two configs', () => {
  it('the same targets are unchanged', async () =>
    expect(await diff({})).toEqual({ ...NOTHING, unchanged: ['api', 'cache'] }));

  it('a target that is new is added, one that is gone removed', async () =>
    expect(await diff({ api: '{ name: web, type: http, url: http://api/ }' })).toEqual({
      ...NOTHING,
      added: ['web'],
      removed: ['api'],
      unchanged: ['cache'],
    }));

  it.each<[string, Partial<typeof BASE>, { PASSWORD: string } | undefined, string[]]>([
    ['a key of its own', { api: '{ name: api, type: http, url: http://api/, method: HEAD }' }, undefined, ['api']],
    [
      'its alerts',
      { api: '{ name: api, type: http, url: http://api/, alerts: [{ name: HttpSlow, for: 1m }] }' },
      undefined,
      ['api'],
    ],
    ['what is filled in', {}, { PASSWORD: 'b' }, ['cache']],
    [
      'the defaults of its type',
      { top: 'labels: { env: test }\ndefaults: { types: { redis: { interval: 1m } } }' },
      undefined,
      ['cache'],
    ],
    ['the defaults', { top: 'labels: { env: test }\ndefaults: { timeout: 1s }' }, undefined, ['api', 'cache']],
    ['the labels of the config', { top: 'labels: { env: dev }' }, undefined, ['api', 'cache']],
    ['what has nothing to do with it', { top: 'labels: { env: test }\nlisten: 127.0.0.1:1' }, undefined, []],
  ])('a target is changed by %s', async (_, parts, env, changed) => {
    const unchanged = ['api', 'cache'].filter((name) => !changed.includes(name));
    expect(await diff(parts, env)).toEqual({ ...NOTHING, changed, unchanged });
  });
});

it('a new certificate in the file that it trusts changes a target', async () => {
  const [first = '', second = ''] = rootCertificates;
  using folder = configFolder();
  const text = 'service: shop\ntargets: [{ name: a, type: redis, url: rediss://x, tls: { ca: ca.pem } }]';
  const file = folder.write('outrider.yml', text);
  const revisions = [];
  for (const ca of [first, second, second]) {
    const path = folder.write('ca.pem', ca);
    const loaded = await loadConfig({ files: [file], env: {} });
    if (!loaded.ok) throw new Error('not good');
    expect(loaded.config.files).toContain(path);
    revisions.push(loaded.config.targets[0]?.revision);
  }
  expect(revisions[0]).not.toBe(revisions[1]);
  expect(revisions[1]).toBe(revisions[2]);
});

describe('what a reload keeps of a config', () => {
  const VARIANTS: readonly (readonly [string, string])[] = [
    ['', ''],
    ['a list of labels', 'labels: { env: dev }'],
    ['a default interval', 'defaults: { interval: 1m }'],
    ['a default of a type', 'defaults: { types: { redis: { confirm: 2 } } }'],
    ['a default alert', 'defaults: { alerts: [{ name: HttpSlow, for: 9m }] }'],
    ['a default alert of its own', 'defaults: { alerts: [{ name: Slow, when: duration > 2s }] }'],
    ['the built-in alerts', 'defaults: { builtin_alerts: down }'],
    ['the severities', 'severities: [{ name: P1 }, { name: P3 }]'],
    ['limits', 'limits: { body: 2MiB, series: 10 }'],
    ['startup grace', 'startup_grace: 5m'],
    ['flapping', 'flapping: { high: 50%, low: 40% }'],
    ['correlation', 'correlation: { hold: 1s }'],
    ['the time zone', 'timezone: Europe/Berlin'],
    ['the service', 'external_url: http://localhost/o'],
  ];
  const TARGETS = `targets:
  - { name: api, type: http, url: http://api/, alerts: [{ name: HttpDown, severity: P1 }] }
  - { name: cache, type: redis, url: redis://cache, critical: true }
`;

  it.each(VARIANTS)('is never older than what is written now: %s', async (_, top) => {
    for (const [, before] of VARIANTS) {
      const next = await goodConfig(`service: shop\n${top}\n${TARGETS}`);
      const old = await goodConfig(`service: shop\n${before}\n${TARGETS}`);
      expect(keepUnchanged(old, next)).toEqual({ ...next, filesFrom: expect.any(String) });
    }
  });

  it('are the very objects of the targets that are unchanged', async () => {
    const old = await goodConfig(`service: shop\n${TARGETS}`);
    const next = await goodConfig(`service: shop\n${TARGETS.replace('critical: true', 'critical: false')}`);
    const { targets } = keepUnchanged(old, next);
    expect(targets.map((each, at) => [each === old.targets[at], each === next.targets[at]])).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});
