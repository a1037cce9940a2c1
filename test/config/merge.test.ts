import { expect, it } from 'vitest';
import type { LoadResult } from '../../src/config/load.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { configFolder } from '../support/config-folder.ts';

const BASE = `
service: shop
labels: { env: production, team: core }
connectivity: [1.1.1.1:443]
targets:
  - { name: api, type: http, url: http://api/, interval: 10s, expect: { status: 200, body: ok }, depends_on: [database] }
  - { name: database, type: postgres, host: db }
`;

async function loadAll(...texts: readonly string[]): Promise<LoadResult> {
  using folder = configFolder();
  const files = texts.map((text, index) => folder.write(`${index}.yml`, text));
  return loadConfig({ files, env: { UNSET_LATER: 'x' } });
}

it('a later file changes maps key by key and targets by their names, replaces what else it says, and adds to connectivity', async () => {
  const loaded = await loadAll(
    BASE,
    `
service: shop-dev
labels: { env: dev }
connectivity: [8.8.8.8:443]
targets:
  - { name: api, url: http://localhost:8000/, expect: { status: 204 }, depends_on: [cache] }
  - { name: cache, type: redis, url: redis://localhost }
`,
  );
  expect(loaded).toMatchObject({
    ok: true,
    config: {
      service: 'shop-dev',
      labels: { env: 'dev', team: 'core' },
      connectivity: [{ host: '1.1.1.1' }, { host: '8.8.8.8' }],
      targets: [
        {
          target: {
            name: 'api',
            intervalMs: 10_000,
            hosts: ['localhost'],
            dependsOn: [{ name: 'cache', soft: false }],
          },
        },
        { target: { name: 'database' } },
        { target: { name: 'cache' } },
      ],
    },
  });
  const [api] = loaded.ok ? loaded.config.targets : [];
  expect(api?.settings).toMatchObject({ expect: { status: [{ from: 204, to: 204 }], body: { text: 'ok' } } });
});

it('every file says what is wrong in its own lines', async () => {
  const loaded = await loadAll(BASE, 'targets:\n  - { name: api, intervall: 5s }\n', 'labels: { severity: x }\n');
  expect(!loaded.ok && loaded.problems.map((problem) => formatProblem(problem).replace(/^.*\//, ''))).toEqual([
    '1.yml:2:18: targets[api].intervall: unknown key for a target of type http; did you mean "interval"?',
    '2.yml:1:11: labels.severity: Outrider sets this label itself',
  ]);
});

it('a variable that a later file replaces need not be set', async () => {
  const loaded = await loadAll(`service: "\${NOT_SET}"\ntargets: []\n`, 'service: shop\n');
  expect(loaded).toMatchObject({ ok: true, config: { service: 'shop' } });
});

it('two targets of one name in one file are a mistake, also where an earlier file has it', async () => {
  const loaded = await loadAll(
    BASE,
    'targets: [{ name: api, interval: 5s }, { name: api, type: redis, url: redis://x }]\n',
  );
  expect(!loaded.ok && loaded.problems.map(({ message }) => message)).toEqual([
    'another target is called "api" already',
  ]);
});
