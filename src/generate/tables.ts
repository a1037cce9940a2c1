import { parseDurationMs } from '../core/duration.ts';
import type { JsonSchema } from './fills.ts';

/** The table of an object's keys, then, each under its own name, those of the objects in it. `name` begins those names. */
export function blocksOf(schema: JsonSchema, name = ''): readonly string[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    nested(value, name === '' ? key : `${name}.${key}`),
  );
  return [tableOf(schema), ...inner];
}

/** The objects that are written out within a value, with their own tables. */
function nested(schema: JsonSchema, name: string): readonly string[] {
  if (schema.properties !== undefined) return [`#### \`${name}\``, ...blocksOf(schema, name)];
  const items = partOf(schema['items']);
  if (items?.properties !== undefined) return nested(items, `${name}[]`);
  const values = partOf(schema['additionalProperties']);
  return values?.properties === undefined ? [] : nested(values, `${name}.*`);
}

/** Key, type, default and description of each key of an object. */
export function tableOf({ properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).map(([key, schema]) => {
    const preset = schema['default'] === undefined ? '' : `\`${textOf(schema['default'])}\``;
    const cells = [
      `\`${key}\``,
      typeOf(schema),
      required.includes(key) ? '**required**' : preset,
      schema.description ?? '',
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  });
  return ['| key | type | default | what it is |', '|---|---|---|---|', ...rows].join('\n');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const partOf = (value: unknown): JsonSchema | undefined =>
  typeof value === 'object' && value !== null ? (value as JsonSchema) : undefined;

const partsOf = (value: unknown): readonly JsonSchema[] => (Array.isArray(value) ? (value as JsonSchema[]) : []);

/** What may stand there, for people: `duration`, `list of text`, `one of a, b`. */
function typeOf(schema: JsonSchema): string {
  const ref = typeof schema['$ref'] === 'string' ? schema['$ref'] : undefined;
  if (ref !== undefined) return refText(ref);
  if (schema['const'] !== undefined) return `\`${String(schema['const'])}\``;
  if (Array.isArray(schema['enum'])) return schema['enum'].map((each) => `\`${String(each)}\``).join(', ');
  const options = [...partsOf(schema['anyOf']), ...partsOf(schema['allOf'])];
  if (options.length > 0) return [...new Set(options.map(typeOf))].join(' or ');
  if (Array.isArray(schema.type)) return schema.type.map(kindOf).join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(partOf(schema['items']) ?? {})}`;
  if (schema.type === 'object') return schema.properties === undefined ? mapText(schema) : 'block';
  const [example] = Array.isArray(schema['examples']) ? schema['examples'] : [];
  if (example === undefined) return kindOf(schema.type);
  const kind = parseDurationMs(String(example)) === undefined ? kindOf(schema.type) : 'duration';
  return `${kind}, as \`${String(example)}\``;
}

function mapText(schema: JsonSchema): string {
  const values = partOf(schema['additionalProperties']);
  return values === undefined ? 'map' : `map of ${typeOf(values)}`;
}

/** A definition that has a section of its own is linked. */
function refText(ref: string): string {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  if (name.startsWith('__')) return 'any value';
  if (name === 'target') return '[target](#targets)';
  return name === 'receiver' ? '[receiver](#receivers)' : `[${name}](#${name})`;
}

const KINDS: Readonly<Record<string, string>> = { string: 'text', integer: 'whole number', boolean: 'true or false' };
const kindOf = (type: unknown): string => KINDS[String(type)] ?? (typeof type === 'string' ? type : 'any value');
