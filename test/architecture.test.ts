import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { architectureProblems, type SourceFile } from './support/architecture.ts';

const root = join(import.meta.dirname, '..');

const filesIn = (folder: string): readonly SourceFile[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: file.slice(root.length + 1), text: readFileSync(file, 'utf8') }));

const files = ['src', 'test', 'demo', 'bench', '.ci'].flatMap(filesIn);

it('the sources keep to the architecture', () => {
  expect(files.filter(({ path }) => path.startsWith('src/')).length).toBeGreaterThan(50);
  expect(architectureProblems(files)).toEqual([]);
});

describe('the check finds', () => {
  const driver = { path: 'src/probe/postgres/query.ts', text: "import { Client } from 'pg';" };
  it.each<[string, string, string, string]>([
    [
      'core that imports a stage',
      'src/core/a.ts',
      "import { x } from '../probe/run.ts';",
      'may not import src/probe/run.ts',
    ],
    [
      'a stage that imports another',
      'src/web/a.ts',
      "import { x } from '../judge/judge.ts';",
      'may not import src/judge/judge.ts',
    ],
    ['a type import', 'src/judge/a.ts', "import type { X } from '../probe/run.ts';", 'may not import src/probe/run.ts'],
    ['a re-export', 'src/judge/a.ts', "export * from '../probe/run.ts';", 'may not import src/probe/run.ts'],
    [
      'an import over several lines',
      'src/judge/a.ts',
      "import {\n  x,\n  y,\n} from '../probe/run.ts';",
      'may not import src/probe/run.ts',
    ],
    ['an import for its effect', 'src/judge/a.ts', "import '../probe/run.ts';", 'may not import src/probe/run.ts'],
    [
      'a lazy import',
      'src/judge/a.ts',
      "const x = await import('../probe/run.ts');",
      'may not import src/probe/run.ts',
    ],
    [
      'an import of a type in place',
      'src/judge/a.ts',
      "let x: import('../probe/run.ts').X;",
      'may not import src/probe/run.ts',
    ],
    [
      'config that imports more than schemas',
      'src/config/a.ts',
      "import { x } from '../probe/run.ts';",
      'may not import src/probe/run.ts',
    ],
    [
      'generate that imports a stage',
      'src/generate/a.ts',
      "import { x } from '../observe/family.ts';",
      'may not import src/observe/family.ts',
    ],
    [
      'cli that imports a stage',
      'src/cli/a.ts',
      "import { x } from '../web/server.ts';",
      'may not import src/web/server.ts',
    ],
    [
      'a pipeline that holds more than types',
      'src/pipeline.ts',
      "import { x } from './judge/judge.ts';",
      'may not import src/judge/judge.ts',
    ],
    [
      'a main that goes past app.ts',
      'src/main.ts',
      "import { x } from './web/server.ts';",
      'may not import src/web/server.ts',
    ],
    [
      'a part of the composition that imports the command line',
      'src/engine.ts',
      "import { x } from './cli/run.ts';",
      'may not import src/cli/run.ts',
    ],
    [
      'an import out of src',
      'src/judge/a.ts',
      "import { x } from '../../test/support/site.ts';",
      'may not import test/support/site.ts',
    ],
    ['a folder without a rule', 'src/plugins/a.ts', '', 'no rule says what the folder plugins may import'],
    ['a package away from home', 'src/judge/a.ts', "import { Hono } from 'hono/tiny';", 'hono is not at home here'],
    ['a lazy package away from home', 'src/web/a.ts', "const pg = await import('pg');", 'pg is not at home here'],
    [
      'a required package away from home',
      'src/web/a.ts',
      "createRequire(import.meta.url)('kafkajs/src/x');",
      'kafkajs is not at home here',
    ],
    ['a package that nobody named', 'src/web/a.ts', "import x from 'left-pad';", 'left-pad is not at home here'],
    [
      'a scoped package away from home',
      'src/judge/a.ts',
      "import x from '@hono/node-server/conninfo';",
      '@hono/node-server is not at home here',
    ],
    ['an exit', 'src/app.ts', 'process.exit(1);', 'only src/main.ts may use process.exit'],
    ['a clock of its own', 'src/judge/a.ts', 'const now = Date.now();', 'only src/core/clock.ts may use Date.now'],
    ['a timer of its own', 'src/judge/a.ts', 'setTimeout(f, 10);', 'only src/core/clock.ts may use setTimeout'],
    [
      'a timer under another name',
      'src/web/a.ts',
      "import { setTimeout as sleep } from 'node:timers/promises';",
      'only src/core/clock.ts may use setTimeout',
    ],
    ['the present time', 'src/judge/a.ts', 'const now = new Date();', 'only src/core/clock.ts may use new Date()'],
    ['a name that says nothing', 'src/judge/helpers.ts', '', 'helpers.ts says nothing of what it holds'],
    ['a folder that says nothing', 'test/utils/a.ts', '', 'utils says nothing of what it holds'],
    ['a barrel', 'src/judge/index.ts', '', 'index.ts says nothing of what it holds'],
    ['a name in camel case', 'src/judge/aB.ts', '', 'aB.ts is not in kebab-case'],
    ['a file that is too long', 'test/a.ts', 'x\n'.repeat(301), '301 lines are more than 300'],
  ])('%s', (_, path, text, problem) => {
    expect(architectureProblems([{ path, text }])).toEqual([`${path}: ${problem}`]);
  });

  it.each([
    ['in the type itself', [{ path: 'src/probe/postgres/type.ts', text: driver.text }], 'src/probe/postgres/type.ts'],
    [
      'behind the type',
      [{ path: 'src/probe/postgres/type.ts', text: "import { q } from './query.ts';" }, driver],
      driver.path,
    ],
    [
      'behind main.ts',
      [
        { path: 'src/main.ts', text: "import './app.ts';" },
        { path: 'src/app.ts', text: "export * from './probe/postgres/query.ts';" },
        driver,
      ],
      driver.path,
    ],
  ])('a driver that is loaded at the start, %s', (_, sample, where) => {
    expect(architectureProblems(sample)).toEqual([`${where}: loads pg at the start; import it inside open()`]);
  });
});

describe('the check lets pass', () => {
  it.each([
    ['core and itself', 'src/web/a.ts', "import { x } from '../core/clock.ts';\nimport { y } from './b.ts';"],
    [
      'a registry and a schema in config',
      'src/config/a.ts',
      "import { x } from '../probe/registry.ts';\nimport { y } from '../probe/http/type.ts';",
    ],
    ['types of a stage in the pipeline', 'src/pipeline.ts', "import type { X } from './judge/judge.ts';"],
    [
      'a driver that is loaded when it is needed',
      'src/probe/postgres/type.ts',
      "const { Client } = await import('pg');\nimport type { X } from 'pg';",
    ],
    [
      'what a comment says',
      'src/judge/a.ts',
      "// import { x } from '../web/server.ts'\n/* Date.now() */ const x = 'https://a';",
    ],
    ['a moment that is given', 'src/judge/a.ts', 'const at = new Date(wallMs);\nprocess.exitCode = 1;'],
  ])('%s', (_, path, text) => {
    expect(architectureProblems([{ path, text }])).toEqual([]);
  });
});
