import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const biome = join(root, 'node_modules/.bin/biome');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outrider-lint-'));
  await cp(join(root, 'biome.json'), join(folder, 'biome.json'));
  await writeFile(join(folder, 'other.ts'), 'export const load = async (): Promise<number> => 1;\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The rules that the project's own settings find broken in a piece of code. */
async function brokenRules(code: string, name = 'sample.ts'): Promise<readonly string[]> {
  const file = join(folder, name);
  await writeFile(file, `import { load } from './other.ts';\n${code}\nexport const used = load;\n`);
  try {
    const run = promisify(execFile)(biome, ['lint', '--reporter=json', file], { cwd: folder });
    // The exit code says only that there is something; the report says what.
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    const report = JSON.parse(stdout) as { diagnostics: { category: string }[] };
    return report.diagnostics.map(({ category }) => category.split('/').at(-1) ?? '');
  } finally {
    await rm(file);
  }
}

describe('Biome as this project sets it up finds', () => {
  it.each([
    ['a promise of this file that nobody waits for', 'const f = async () => 1;\nf();', 'noFloatingPromises'],
    ['a promise of another file that nobody waits for', 'load();', 'noFloatingPromises'],
    [
      'a promise of an interface that nobody waits for',
      'export const f = (x: { close(): Promise<void> }) => {\n  x.close();\n};',
      'noFloatingPromises',
    ],
    ['a chain without an end', 'load().then((x) => x);', 'noFloatingPromises'],
    ['a list of promises that nobody waits for', 'Promise.all([load()]);', 'noFloatingPromises'],
    ['a promise as a condition', 'if (load()) throw new Error();', 'noMisusedPromises'],
    ['a default export', 'export default 1;', 'noDefaultExport'],
    ['an enum', 'export enum Color { red }', 'noEnum'],
    ['a parameter property', 'export class A { constructor(readonly x: number) {} }', 'noParameterProperties'],
    ['a non-null assertion', 'export const f = (x?: string) => x!.length;', 'noNonNullAssertion'],
    ['an any', 'export const f = (x: any) => x;', 'noExplicitAny'],
    ['an import without its extension', "export { load } from './other';", 'useImportExtensions'],
    [
      'a package that package.json does not name',
      "import x from 'left-pad';\nexport const y = x;",
      'noUndeclaredDependencies',
    ],
  ])('%s', async (_, code, rule) => {
    expect(await brokenRules(code)).toContain(rule);
  });

  it('a name that is not in kebab-case', async () => {
    expect(await brokenRules('', 'notKebab.ts')).toContain('useFilenamingConvention');
  });

  it('nothing in a promise that is awaited, returned, caught or dropped in so many words', async () => {
    const code = 'await load();\nexport const f = () => load();\nload().catch(() => undefined);\nvoid load();';
    expect(await brokenRules(code)).toEqual([]);
  });
});
