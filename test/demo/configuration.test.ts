import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { outriderConfig, prometheusConfig, type Running } from '../../demo/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';

const everything: Running = {
  postgres: 'postgres://postgres@127.0.0.1:10001/postgres',
  redis: 'redis://127.0.0.1:10002',
  kafka: '127.0.0.1:10003',
  alertmanager: 'http://127.0.0.1:10004',
  api: 'http://127.0.0.1:10005',
  worker: 'http://127.0.0.1:10006',
  outrider: 'http://127.0.0.1:10007',
};

/** What Outrider itself makes of the config: who stands on whom, and who is told. */
async function loaded(running: Running) {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-configuration-'));
  try {
    const file = join(folder, 'outrider.yml');
    await writeFile(file, outriderConfig(running));
    const result = await loadConfig({ files: [file], env: {} });
    if (!result.ok) return { problems: result.problems };
    const { config, warnings } = result;
    const targets = config.targets.map(
      ({ target }) => [target.name, target.dependsOn.map(({ name }) => name)] as const,
    );
    return { warnings, targets: Object.fromEntries(targets), receivers: config.receivers.map(({ name }) => name) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("the demo's config", () => {
  it('watches everything, and knows who stands on whom', async () => {
    expect(await loaded(everything)).toEqual({
      warnings: [],
      targets: {
        database: [],
        cache: [],
        jobs: [],
        pool: ['database'],
        api: ['database', 'pool', 'cache', 'jobs'],
        worker: ['database', 'jobs'],
      },
      receivers: ['alertmanager'],
    });
  });

  it.each([
    ['postgres', { cache: [], jobs: [], api: ['cache', 'jobs'], worker: ['jobs'] }],
    [
      'redis',
      { database: [], jobs: [], pool: ['database'], api: ['database', 'pool', 'jobs'], worker: ['database', 'jobs'] },
    ],
    [
      'kafka',
      { database: [], cache: [], pool: ['database'], api: ['database', 'pool', 'cache'], worker: ['database'] },
    ],
  ])('leaves out %s and everything that needs it', async (name, targets) => {
    expect((await loaded({ ...everything, [name]: undefined })).targets).toEqual(targets);
  });

  it('watches the shop alone where nothing else can be had', async () => {
    const nothing = {
      postgres: undefined,
      redis: undefined,
      kafka: undefined,
      alertmanager: undefined,
      worker: undefined,
    };
    expect(await loaded({ ...everything, ...nothing })).toMatchObject({ targets: { api: [] }, receivers: [] });
  });
});

describe("the demo's prometheus.yml", () => {
  it.each([
    [everything, ['127.0.0.1:10005', '127.0.0.1:10006']],
    [{ ...everything, worker: undefined }, ['127.0.0.1:10005']],
  ])('scrapes Outrider and the shop: %#', (running, shop) => {
    expect(parse(prometheusConfig(running))['scrape_configs']).toEqual([
      { job_name: 'outrider', honor_labels: true, static_configs: [{ targets: ['127.0.0.1:10007'] }] },
      { job_name: 'shop', static_configs: [{ targets: shop }] },
    ]);
  });
});
