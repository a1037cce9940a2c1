import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Lockfile, lockfileProblems } from '../.ci/lockfile.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));

const manifest = { dependencies: { a: '1.2.3' }, devDependencies: { b: 'npm:@scope/real@2.0.0' } };
const locked = (version: string, rest: object = {}) => ({ version, integrity: 'sha512-x', ...rest });
const good: Lockfile = {
  lockfileVersion: 3,
  packages: {
    '': manifest,
    'node_modules/a': locked('1.2.3', {
      dependencies: { c: '^1.0.0' },
      optionalDependencies: { 'a-linux-x64': '1.2.3' },
    }),
    'node_modules/a-linux-x64': locked('1.2.3'),
    'node_modules/b': locked('2.0.0', { dependencies: { c: '^2.0.0' } }),
    'node_modules/b/node_modules/c': locked('2.1.0', { dependencies: { a: '^1.0.0' } }),
    'node_modules/c': locked('1.1.0'),
  },
};
const bad = (packages: Lockfile['packages'], without: readonly string[] = []): Lockfile => ({
  ...good,
  packages: Object.fromEntries(
    Object.entries({ ...good.packages, ...packages }).filter(([folder]) => !without.includes(folder)),
  ),
});

it('the lockfile of this project is whole', () => {
  expect(lockfileProblems(read('package-lock.json') as Lockfile, read('package.json') as object)).toEqual([]);
});

describe('the check', () => {
  it('lets a whole lockfile pass', () => {
    expect(lockfileProblems(good, manifest)).toEqual([]);
  });

  it.each<[string, Lockfile, object, string]>([
    [
      'a missing platform package',
      bad({}, ['node_modules/a-linux-x64']),
      manifest,
      'node_modules/a names a-linux-x64, which is not in the lockfile',
    ],
    [
      'a missing dependency',
      bad({}, ['node_modules/c']),
      manifest,
      'node_modules/a names c, which is not in the lockfile',
    ],
    [
      'a registry host',
      bad({ 'node_modules/c': locked('1.1.0', { resolved: 'https://registry.example.com/c.tgz' }) }),
      manifest,
      'node_modules/c names the registry it came from',
    ],
    [
      'a package without integrity',
      bad({ 'node_modules/c': { version: '1.1.0' } }),
      manifest,
      'node_modules/c has no integrity',
    ],
    ['an old format', { ...good, lockfileVersion: 2 }, manifest, 'the lockfile has version 2, not 3'],
    [
      'a package.json that is ahead',
      good,
      { ...manifest, dependencies: { a: '1.2.4' } },
      'package.json asks for a 1.2.4, the lockfile for 1.2.3',
    ],
    [
      'a dependency that was taken out',
      good,
      { dependencies: manifest.dependencies },
      'the lockfile asks for b, package.json does not',
    ],
  ])('finds %s', (_, lockfile, asked, problem) => {
    expect(lockfileProblems(lockfile, asked)).toEqual([problem]);
  });

  it.each(['^1.2.3', '~1.2.3', '*', 'latest', '1.x', 'https://example.com/a.tgz'])(
    'finds the version %s, which is not exact',
    (version) => {
      const asked = { ...manifest, dependencies: { a: version } };
      expect(lockfileProblems(bad({ '': asked }), asked)).toEqual([
        `package.json asks for a ${version}: name one exact version`,
      ]);
    },
  );
});
