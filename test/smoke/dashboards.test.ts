import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFolder } from '../support/config-folder.ts';
import { outrider } from './command.ts';
import { startDaemon } from './daemon.ts';

/** Writes what of Grafana’s SDK was loaded when the process ends. */
const LISTS = `
const { writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');
process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((file) => file.includes('grafana-foundation-sdk'));
  if (isMainThread) writeFileSync(process.env.LISTED, String(loaded.length));
});
`;
const CONFIG = 'service: shop\ntargets: [{ name: api, type: http, url: "http://127.0.0.1:1/" }]\n';

describe('Grafana’s SDK', () => {
  const prepared = (folder: ReturnType<typeof configFolder>) => {
    const listed = join(folder.path, 'listed');
    const config = folder.write('outrider.yml', CONFIG);
    const env = { NODE_OPTIONS: `--require=${folder.write('lists.cjs', LISTS)}`, LISTED: listed };
    return { config, env, count: () => (existsSync(listed) ? Number(readFileSync(listed, 'utf8')) : undefined) };
  };

  it('is loaded by `outrider dashboards`', async () => {
    using folder = configFolder();
    const { config, env, count } = prepared(folder);
    await outrider(['dashboards', '-c', config, '-o', join(folder.path, 'out')], { env });
    expect(count()).toBeGreaterThan(10);
  });

  it('is never loaded by the daemon', async () => {
    using folder = configFolder();
    const { config, env, count } = prepared(folder);
    await using daemon = await startDaemon(['-c', config], { env });
    await daemon.end('SIGTERM');
    expect(count()).toBe(0);
  });
});
