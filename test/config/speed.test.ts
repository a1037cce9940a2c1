import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { configFolder } from '../support/config-folder.ts';

const TARGETS = 10_000;

it('a plain config with 10,000 targets loads in about a second of one core, growing with its length alone', {
  timeout: 60_000,
}, async () => {
  using folder = configFolder();
  const text = (many: number) =>
    `service: shop\ntargets:\n${Array.from({ length: many }, (_, i) => `  - name: t${i}\n    type: http\n    url: http://127.0.0.1:8080/${i}\n    interval: 10s\n`).join('')}`;
  const whole = folder.write('whole.yml', text(TARGETS));
  const tenth = folder.write('tenth.yml', text(TARGETS / 10));
  const seconds = async (file: string): Promise<number> => {
    const before = process.cpuUsage();
    const loaded = await loadConfig({ files: [file], env: {} });
    const { user, system } = process.cpuUsage(before);
    expect(loaded.ok).toBe(true);
    return (user + system) / 1e6;
  };
  const least = async (file: string): Promise<number> =>
    Math.min(await seconds(file), await seconds(file), await seconds(file), await seconds(file));
  const small = await least(tenth);
  const large = await least(whole);
  // On an idle machine 0.65 s; the bound leaves room for a busy one, and none for work that grows with the square.
  expect(large).toBeLessThan(2);
  expect(large).toBeLessThan(25 * small);
});
