import { posix } from 'node:path';

/** A source file with its path from the repository's root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly specifier: string;
  /** `static`: loaded with the file; `lazy`: when it is called; `type`: never. */
  readonly kind: 'static' | 'lazy' | 'type';
}

const PATTERNS: readonly (readonly [Import['kind'], RegExp])[] = [
  ['type', /^\s*(?:import|export)\s+type\s[^;'"]*?from\s*'([^']+)'/gm],
  ['static', /^\s*(?:import|export)\s+(?!type\s)(?:[^;'"()]*?from\s*)?'([^']+)'/gm],
  ['lazy', /\bimport\(\s*'([^']+)'\s*\)/g],
  ['lazy', /(?:\brequire\w*|createRequire\([^)]*\))\(\s*'([^']+)'\s*\)/g],
];

/** Comments may speak of what code may not do. */
const codeOf = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

const importsOf = ({ text }: SourceFile): readonly Import[] => {
  const code = codeOf(text);
  return PATTERNS.flatMap(([kind, pattern]) =>
    [...code.matchAll(pattern)].map(([, specifier = '']) => ({ kind, specifier })),
  );
};

const isOwn = ({ specifier }: Import): boolean => specifier.startsWith('.');
const reached = (from: string, { specifier }: Import): string => posix.join(posix.dirname(from), specifier);

const STAGES = 'schedule probe observe judge correlate incident diagnose notify store report web'.split(' ');
/** A folder directly under src/, or the name of a file there. */
const roomOf = (path: string): string => path.split('/')[1] ?? '';
const isRegistry = (path: string): boolean => /^src\/[a-z]+\/registry\.ts$/.test(path);
const isSchema = (path: string): boolean => /\/(schema|type)\.ts$/.test(path);
const nothing = () => false;

/** What a room may import beside itself and `core/`; a file directly under src/ that is not here composes, and may import all stages. */
const MAY_IMPORT: Readonly<Record<string, (to: string, kind: Import['kind']) => boolean>> = {
  core: nothing,
  ...Object.fromEntries(STAGES.map((stage) => [stage, nothing])),
  config: (to) => isRegistry(to) || isSchema(to),
  generate: (to) => isRegistry(to) || roomOf(to) === 'config',
  cli: (to) => ['config', 'generate'].includes(roomOf(to)),
  'pipeline.ts': (to, kind) => STAGES.includes(roomOf(to)) && kind === 'type',
  'log.ts': nothing,
  'main.ts': (to) => ['cli', 'app.ts', 'log.ts'].includes(roomOf(to)),
  'app.ts': (to) => roomOf(to) !== 'main.ts',
};
const composes = (to: string): boolean => !['main.ts', 'cli'].includes(roomOf(to));

function importProblems(file: SourceFile): readonly string[] {
  const room = roomOf(file.path);
  const rule = MAY_IMPORT[room] ?? (room.endsWith('.ts') ? composes : undefined);
  if (rule === undefined) return [`${file.path}: no rule says what the folder ${room} may import`];
  return importsOf(file)
    .filter((each) => isOwn(each))
    .filter((each) => {
      const to = reached(file.path, each);
      return !to.startsWith('src/') || !(roomOf(to) === room || roomOf(to) === 'core' || rule(to, each.kind));
    })
    .map((each) => `${file.path}: may not import ${reached(file.path, each)}`);
}

/** Where each npm package may be imported; whatever is not here may not be imported in src/ at all. */
const HOMES: Readonly<Record<string, RegExp>> = {
  '@grafana/grafana-foundation-sdk': /^src\/generate\/dashboards\//,
  mustache: /^src\/notify\/text\//,
  nodemailer: /^src\/notify\/email\//,
  undici: /^src\/(notify|probe)\//,
  pg: /^src\/(probe\/postgres|store)\//,
  ioredis: /^src\/probe\/redis\//,
  kafkajs: /^src\/probe\/kafka\//,
  hono: /^src\/web\//,
  '@hono/node-server': /^src\/web\//,
  commander: /^src\/(cli\/|main\.ts$)/,
  yaml: /^src\/(config|generate)\//,
  zod: /^src\/(core|config|generate|probe|notify)\/|\/schema\.ts$/,
  pino: /^src\/log\.ts$/,
  'prom-client': /^src\/observe\//,
  'p-limit': /^src\/schedule\//,
  re2js: /^src\/(core|config|probe|judge)\//,
  'node-cron': /^src\/core\/cron\.ts$/,
  'jsonpath-rfc9535': /^src\/(config|probe)\//,
};
const packageOf = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';

const homeProblems = (file: SourceFile): readonly string[] =>
  importsOf(file)
    .filter((each) => !isOwn(each) && !each.specifier.startsWith('node:'))
    .filter(({ specifier }) => HOMES[packageOf(specifier)]?.test(file.path) !== true)
    .map(({ specifier }) => `${file.path}: ${packageOf(specifier)} is not at home here`);

const DRIVERS: ReadonlySet<string> = new Set(['pg', 'ioredis', 'kafkajs', 'nodemailer', 'undici']);

/** Drivers that are loaded with the program although no target may need them; each with the file that loads it. */
function eagerDriverProblems(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const waiting = [...byPath.keys()].filter((path) => path === 'src/main.ts' || isRegistry(path) || isSchema(path));
  const seen = new Set<string>();
  const problems = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path);
    if (file === undefined || seen.has(path)) continue;
    seen.add(path);
    for (const each of importsOf(file).filter(({ kind }) => kind === 'static')) {
      if (isOwn(each)) waiting.push(reached(path, each));
      else if (DRIVERS.has(packageOf(each.specifier)))
        problems.add(`${path}: loads ${packageOf(each.specifier)} at the start; import it inside open()`);
    }
  }
  return [...problems];
}

/** What code in src/ may not use, and the files that may. */
const RESERVED: readonly { readonly use: RegExp; readonly only: readonly string[] }[] = [
  { use: /\bprocess\.exit\b/, only: ['src/main.ts'] },
  {
    use: /\b(Date\.now|performance\.now|process\.hrtime|setTimeout|setInterval|AbortSignal\.timeout|new Date\(\))/,
    only: ['src/core/clock.ts'],
  },
];

const reservedProblems = ({ path, text }: SourceFile): readonly string[] =>
  RESERVED.filter(({ only }) => !only.includes(path)).flatMap(({ use, only }) => {
    const found = use.exec(codeOf(text))?.[0];
    return found === undefined ? [] : [`${path}: only ${only.join(', ')} may use ${found}`];
  });

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const FORBIDDEN_NAME = /^(utils?|helpers?|common|types|lib|misc|services|index)(\.|$)/;
const MOST_LINES = 300;

function shapeProblems({ path, text }: SourceFile): readonly string[] {
  const names = path.split('/').filter((name) => !name.startsWith('.'));
  const lines = text.trimEnd().split('\n').length;
  return [
    ...names.filter((name) => !NAME.test(name)).map((name) => `${path}: ${name} is not in kebab-case`),
    ...names
      .filter((name) => FORBIDDEN_NAME.test(name))
      .map((name) => `${path}: ${name} says nothing of what it holds`),
    ...(lines > MOST_LINES ? [`${path}: ${lines} lines are more than ${MOST_LINES}`] : []),
  ];
}

/** Every place where the sources leave the architecture, as a sentence. */
export function architectureProblems(files: readonly SourceFile[]): readonly string[] {
  const sources = files.filter(({ path }) => path.startsWith('src/'));
  return [
    ...sources.flatMap((file) => [...importProblems(file), ...homeProblems(file), ...reservedProblems(file)]),
    ...eagerDriverProblems(sources),
    ...files.flatMap(shapeProblems),
  ];
}
