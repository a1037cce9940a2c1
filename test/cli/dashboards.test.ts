import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { type } from './terminal.ts';

describe('outrider dashboards', () => {
  let folder: ConfigFolder;
  let good: string;
  beforeAll(() => {
    folder = configFolder();
    good = folder.write('good.yml', 'service: shop\ntargets: [{ name: cache, type: redis, url: "redis://cache" }]\n');
  });
  afterAll(() => folder[Symbol.dispose]());

  it('writes a file for each dashboard into a folder, which it makes, and names them', async () => {
    const into = join(folder.path, 'grafana', 'shop');
    const { code, out, err } = await type(['dashboards', '-c', good, '-o', into]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(readdirSync(into).sort()).toEqual(['outrider.json', 'overview.json', 'redis.json']);
    expect(out).toBe(`${['overview', 'redis', 'outrider'].map((name) => join(into, `${name}.json`)).join('\n')}\n`);
    expect(JSON.parse(readFileSync(join(into, 'redis.json'), 'utf8'))).toMatchObject({ uid: 'outrider-shop-redis' });
  });

  it('writes nothing of a config with mistakes, and tells them', async () => {
    const bad = folder.write('bad.yml', 'service: shop\ntargets: [{ name: cache, type: reddis }]\n');
    const into = join(folder.path, 'none');
    const { code, out, err } = await type(['dashboards', '-c', bad, '-o', into]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/\n1 mistake in .*bad\.yml\n$/);
    expect(existsSync(into)).toBe(false);
  });

  it('says why a file cannot be written', async () => {
    const { code, err } = await type(['dashboards', '-c', good, '-o', good]);
    expect(code).toBe(2);
    expect(err).toContain('cannot be written: EEXIST');
  });

  it('wants a folder', async () => {
    const { code, err } = await type(['dashboards', '-c', good]);
    expect(code).toBe(2);
    expect(err).toContain('--output');
  });
});
