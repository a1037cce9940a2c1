import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';

const folder = join(import.meta.dirname, '..', 'fixture', 'config', 'bad');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => basename(name, '.yml'));

const env = {
  PASSWORD: 'correct horse battery',
  DATABASE_URL: 'postgres://localhost',
  HOST: 'localhost',
  REDIS_URL: 'redis://localhost',
  SERVICE: 'shop',
  ENV: 'test',
};

describe('a config with mistakes says exactly what is wrong, where, and what was expected', () => {
  it('has many such configs', () => expect(names.length).toBeGreaterThan(60));

  it.each(names)('%s', async (name) => {
    const file = `${name}.yml`;
    const loaded = await loadConfig({ files: [join(folder, file)], env });
    const told = loaded.ok ? [] : loaded.problems.map((problem) => formatProblem({ ...problem, file }));
    expect(told).toEqual(
      readFileSync(join(folder, `${name}.txt`), 'utf8')
        .trimEnd()
        .split('\n'),
    );
  });
});
