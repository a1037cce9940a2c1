import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { type } from './terminal.ts';

describe('outrider rules', () => {
  let folder: ConfigFolder;
  let good: string;
  beforeAll(() => {
    folder = configFolder();
    good = folder.write('good.yml', 'service: shop\ntargets: [{ name: cache, type: redis, url: "redis://cache" }]\n');
  });
  afterAll(() => folder[Symbol.dispose]());

  it('prints rules over what the daemon says', async () => {
    const { code, out, err } = await type(['rules', '-c', good]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^# Made by `outrider rules` from/);
    expect(out).toContain('expr: max without (instance, job, state) ((outrider_alerts{alertname="RedisDown"');
  });

  it('prints each alert’s own formula with --independent', async () => {
    const { code, out, err } = await type(['rules', '--independent', '-c', good]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^# Made by `outrider rules --independent` from/);
    expect(out).toContain('expr: max(outrider_target_up{target="cache"}) == 0');
  });

  it('names the pages of alerts with --runbooks', async () => {
    for (const flags of [[], ['--independent']]) {
      const { out } = await type(['rules', ...flags, '--runbooks', 'https://runbooks.example', '-c', good]);
      expect(out).toContain('runbook_url: https://runbooks.example/RedisDown.md');
    }
  });

  it('tells mistakes in the config where they are no part of a rule file', async () => {
    const bad = folder.write('bad.yml', 'service: shop\ntargets: [{ name: cache, type: reddis }]\n');
    const { code, out, err } = await type(['rules', '-c', bad]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`${bad}:2:32: targets[cache].type: `);
    expect(err).toMatch(/\n1 mistake in .*bad\.yml\n$/);
  });
});
