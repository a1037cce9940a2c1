import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { OutriderError } from '../../../core/errors.ts';
import { readText, readYaml } from '../yaml-file.ts';
import { parseDotenv } from './dotenv.ts';
import { merged, settled, writtenOut } from './merge.ts';
import { isMap, listOf, mapOf, type Plain, type PlainMap, textOf, textsOf } from './plain.ts';
import { filled, type Variables } from './text.ts';

const MOST_FILES = 100;
const DEEPEST = 16;
const NAME = /^[a-zA-Z0-9._-]{1,200}$/;

/** A compose project as it is after `-f`, `include` and `extends`: its services are still plain values. */
export interface Project {
  readonly name: string;
  /** Name → the service, with short forms written out and paths whole. */
  readonly services: ReadonlyMap<string, PlainMap>;
  readonly variables: Variables;
}

interface Reading {
  readonly variables: Variables;
  /** By path, each once. */
  readonly files: Map<string, PlainMap>;
}

/** Reads a project from its files, later ones over earlier ones. Throws OutriderError `usage` for what cannot be read. */
export function loadProject(paths: readonly string[], env: Readonly<Record<string, string | undefined>>): Project {
  const [first = ''] = paths;
  const folder = first === '-' ? resolve('.') : resolve(dirname(first));
  const dotenv = join(folder, '.env');
  const outer = new Map(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
  const own = existsSync(dotenv) ? parseDotenv(readText(dotenv), outer) : new Map<string, string>();
  const reading: Reading = { variables: new Map([...own, ...outer]), files: new Map() };
  const root = loadFiles(reading, paths, folder, 0);
  const services = Object.entries(mapOf(root['services'])).flatMap(([name, service]) => {
    if (!NAME.test(name))
      throw new OutriderError('usage', `${first}: services: "${name}" is no name that compose takes`);
    return isMap(service) ? [[name, service] as const] : [];
  });
  const named = filled(textOf(root['name']) ?? outer.get('COMPOSE_PROJECT_NAME') ?? '', reading.variables);
  return { name: named === '' ? basename(folder) : named, services: new Map(services), variables: reading.variables };
}

function loadFiles(reading: Reading, paths: readonly string[], folder: string, depth: number): PlainMap {
  if (depth > DEEPEST) throw new OutriderError('usage', `${paths[0]}: include goes deeper than ${DEEPEST} files`);
  let whole: Plain = {};
  for (const path of paths) {
    const file = fileAt(reading, path);
    for (const each of listOf(file['include'])) whole = merged(whole, included(reading, each, folder, depth));
    const services = Object.keys(mapOf(file['services'])).map((name) => [
      name,
      serviceOf(reading, { path, folder, name, depth: 0 }),
    ]);
    const name = textOf(file['name']);
    whole = merged(whole, { services: Object.fromEntries(services), ...(name === undefined ? {} : { name }) });
  }
  return mapOf(settled(whole));
}

/** `include` takes a path, several, or a map with them; a name in there is not the project's. */
function included(reading: Reading, entry: Plain, folder: string, depth: number): PlainMap {
  const map = mapOf(entry);
  const paths = textsOf(isMap(entry) ? map['path'] : entry).map((path) =>
    under(folder, filled(path, reading.variables)),
  );
  const own = textOf(map['project_directory']);
  const inner = own === undefined ? dirname(paths[0] ?? folder) : under(folder, own);
  return { services: loadFiles(reading, paths, inner, depth + 1)['services'] };
}

interface Place {
  readonly path: string;
  readonly folder: string;
  readonly name: string;
  readonly depth: number;
}

/** A service of one file, over what it extends. */
function serviceOf(reading: Reading, { path, folder, name, depth }: Place): Plain {
  const written = mapOf(fileAt(reading, path)['services'])[name];
  const own = writtenOut(written, (relative) => under(folder, filled(relative, reading.variables)));
  if (!isMap(own) || own['extends'] === undefined) return own;
  if (depth > DEEPEST)
    throw new OutriderError('usage', `${path}: services.${name} extends more than ${DEEPEST} others`);
  const base = isMap(own['extends']) ? textOf(own['extends']['service']) : textOf(own['extends']);
  const file = isMap(own['extends']) ? textOf(own['extends']['file']) : undefined;
  const from = file === undefined ? path : under(folder, filled(file, reading.variables));
  if (base === undefined || !(base in mapOf(fileAt(reading, from)['services'])))
    throw new OutriderError(
      'usage',
      `${path}: services.${name} extends ${base ?? 'nothing'}, which ${from} does not have`,
    );
  const inherited = serviceOf(reading, {
    path: from,
    folder: file === undefined ? folder : dirname(from),
    name: base,
    depth: depth + 1,
  });
  const { extends: _, ...rest } = own;
  return merged(inherited, rest);
}

function fileAt(reading: Reading, path: string): PlainMap {
  const before = reading.files.get(path);
  if (before !== undefined) return before;
  if (reading.files.size >= MOST_FILES) throw new OutriderError('usage', `more than ${MOST_FILES} compose files`);
  const file = readYaml(path);
  reading.files.set(path, file);
  return file;
}

const under = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path));
