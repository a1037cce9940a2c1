/** A JSON Schema of draft 7, with the keywords that are read here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

const FILLED = '#/definitions/filled';
const ABOUT: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples']);

/** The schema with `"${VAR}"` allowed wherever a number, true or false, or one of a few words is expected. */
export function allowFills(schema: JsonSchema): JsonSchema {
  const root = allowed(schema) as JsonSchema;
  const filled: JsonSchema = {
    description: 'Filled in from the environment or a file, then taken as the type of its place.',
    type: 'string',
    pattern: '\\$\\{.+\\}',
  };
  return { ...root, definitions: { ...root.definitions, filled } };
}

function allowed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(allowed);
  if (typeof part !== 'object' || part === null) return part;
  const schema = part as JsonSchema;
  const { type } = schema;
  if (type === 'number' || type === 'integer' || type === 'boolean') return orFilled(schema);
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'if' ? value : allowed(value)]));
}

/** What is said about a value stays outside, so that editors show it for both. */
function orFilled(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema);
  const about = Object.fromEntries(entries.filter(([key]) => ABOUT.has(key)));
  const rest = Object.fromEntries(entries.filter(([key]) => !ABOUT.has(key)));
  return { ...about, anyOf: [rest, { $ref: FILLED }] };
}
