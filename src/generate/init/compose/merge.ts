import { OVERRIDE, RESET } from '../yaml-file.ts';
import { isMap, listOf, mapOf, type Plain, type PlainMap, textOf } from './plain.ts';

/** Lists that a later file replaces; all others it adds to. */
const REPLACED: ReadonlySet<string> = new Set(['command', 'entrypoint', 'test']);

/** One file over another, as compose merges them: maps by key, lists one after the other, `!reset` and `!override` obeyed. */
export function merged(under: Plain, over: Plain, key = ''): Plain {
  if (over === RESET) return undefined;
  if (isMap(over) && OVERRIDE in over) return settled(over[OVERRIDE]);
  if (isMap(under) && isMap(over)) {
    const both: Record<string, Plain> = { ...under };
    for (const [name, value] of Object.entries(over)) both[name] = merged(both[name], value, name);
    return Object.fromEntries(Object.entries(both).filter(([, value]) => value !== undefined));
  }
  if (Array.isArray(under) && Array.isArray(over) && !REPLACED.has(key)) return [...under, ...over];
  return over === undefined || (over === null && under !== undefined) ? under : settled(over);
}

/** The same without the marks of `!reset` and `!override`. */
export const settled = (value: Plain): Plain =>
  isMap(value) ? merged({}, value) : value === RESET ? undefined : value;

/** A value that may stand under `!override`. */
const within = (value: Plain, form: (inner: Plain) => Plain): Plain =>
  value === RESET || value === undefined
    ? value
    : isMap(value) && OVERRIDE in value
      ? { [OVERRIDE]: form(value[OVERRIDE]) }
      : form(value);

/** `[A=1, B]` → `{ A: "1", B: null }`. */
const pairs = (value: Plain): Plain =>
  Array.isArray(value)
    ? Object.fromEntries(
        value.flatMap((each) => {
          const text = textOf(each);
          if (text === undefined) return [];
          const at = text.indexOf('=');
          return [at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]];
        }),
      )
    : value;

/** `[db]` → `{ db: { condition: service_started } }`. */
const needs = (value: Plain): Plain =>
  Array.isArray(value)
    ? Object.fromEntries(
        value.flatMap((each) => (textOf(each) === undefined ? [] : [[String(each), { condition: 'service_started' }]])),
      )
    : value;

const inList = (value: Plain): Plain => (value === null ? null : [...listOf(value)]);

/** A service with its short forms written out, so that it can be merged; `path` makes a path whole. */
export function writtenOut(service: Plain, path: (relative: string) => string): Plain {
  if (!isMap(service)) return service === null ? {} : service;
  const envFile = (value: Plain): Plain =>
    listOf(value).flatMap((each) => {
      const file = textOf(isMap(each) ? each['path'] : each);
      return file === undefined ? [] : [{ path: path(file), required: mapOf(each)['required'] !== false }];
    });
  const forms: Readonly<Record<string, (inner: Plain) => Plain>> = {
    environment: pairs,
    labels: pairs,
    depends_on: needs,
    env_file: envFile,
    ports: inList,
    expose: inList,
    links: inList,
    profiles: inList,
  };
  const entries = Object.entries(service).map(
    ([key, value]) => [key, within(value, forms[key] ?? ((as) => as))] as const,
  );
  return Object.fromEntries(entries) satisfies PlainMap;
}
