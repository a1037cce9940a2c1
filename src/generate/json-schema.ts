import { z } from 'zod';
import { fileSchema } from '../config/file-schema.ts';
import { targetKeys } from '../config/target-schema.ts';
import { receiverTypes } from '../notify/registry.ts';
import { probeTypes } from '../probe/registry.ts';
import { allowFills, type JsonSchema } from './fills.ts';

/** The JSON Schema (draft 7) of the config file as people write it, for editors; the same for the same code. */
export const configJsonSchema = (): JsonSchema => allowFills(writtenSchema());

/** The schema without what `${…}` allows everywhere, for the reference. */
export function writtenSchema(): JsonSchema {
  const { properties = {}, definitions = {} } = partsAsJson();
  const part = (name: string): JsonSchema => schemaOf(properties[name]);
  const { properties: keys = {}, required = [] } = part('file');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Outrider configuration',
    description:
      'What is probed, what counts as trouble, and who is told. Docs: docs/configuration.md, docs/reference.md',
    type: 'object',
    properties: {
      ...keys,
      targets: { ...schemaOf(keys['targets']), items: { $ref: '#/definitions/target' } },
      notify: notifySchema(schemaOf(keys['notify'])),
    },
    required,
    patternProperties: { '^x-': { description: 'Ignored: a place for anchors.' } },
    additionalProperties: false,
    definitions: {
      target: byType(
        probeTypes.map(({ type }) => type),
        'target',
      ),
      ...Object.fromEntries(probeTypes.map((each) => [`target_${each.type}`, targetSchema(each, part)])),
      receiver: byType(
        receiverTypes.map(({ type }) => type),
        'receiver',
      ),
      ...Object.fromEntries(receiverTypes.map(({ type }) => [`receiver_${type}`, receiverSchema(type, part)])),
      ...definitions,
    },
  };
}

/** All schemas in one conversion, so that what they share is defined once. */
function partsAsJson(): JsonSchema {
  const parts = z.strictObject({
    file: fileSchema,
    target: targetKeys,
    ...Object.fromEntries(probeTypes.map(({ type, schema }) => [`target_${type}`, schema])),
    ...Object.fromEntries(receiverTypes.map(({ type, schema }) => [`receiver_${type}`, schema])),
  });
  return z.toJSONSchema(parts, { io: 'input', target: 'draft-7', override: tidy }) as JsonSchema;
}

/** Examples get lost where a text is turned into something else, and whole numbers get bounds that nobody wrote. */
function tidy({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const examples = z.globalRegistry.get(zodSchema)?.['examples'];
  if (Array.isArray(examples) && jsonSchema.$ref === undefined) jsonSchema.examples = examples;
  if (isEmpty(jsonSchema.default)) delete jsonSchema.default;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const schemaOf = (schema: JsonSchema | undefined): JsonSchema => schema ?? {};

type Part = (name: string) => JsonSchema;

function targetSchema({ type, title }: { readonly type: string; readonly title: string }, part: Part): JsonSchema {
  const common = part('target');
  const own = part(`target_${type}`);
  return {
    title: `${title} target`,
    type: 'object',
    properties: {
      ...common.properties,
      ...own.properties,
      type: { ...schemaOf(common.properties?.['type']), const: type },
    },
    required: [...new Set([...(common.required ?? []), ...(own.required ?? [])])],
    additionalProperties: false,
  };
}

/** `type` may be left out where the receiver's name is the type. */
function receiverSchema(type: string, part: Part): JsonSchema {
  const own = part(`receiver_${type}`);
  return {
    ...own,
    title: `Receiver of type ${type}`,
    required: (own.required ?? []).filter((key) => key !== 'type'),
  };
}

/** The value of `type` decides which definition holds: an editor then speaks of that one alone. */
function byType(types: readonly string[], prefix: string): JsonSchema {
  return {
    type: 'object',
    properties: { type: { description: 'What kind it is.', enum: [...types] } },
    required: ['type'],
    allOf: types.map((type) =>
      when({ properties: { type: { const: type } }, required: ['type'] }, { $ref: `#/definitions/${prefix}_${type}` }),
    ),
  };
}

/** The keyword, under a name of its own: an object literal with it would look like a promise. */
const THEN = 'then';
const when = (condition: JsonSchema, consequence: JsonSchema): JsonSchema => ({ if: condition, [THEN]: consequence });

function notifySchema(notify: JsonSchema): JsonSchema {
  const { description } = notify;
  const named = receiverTypes.map(({ type }) => [
    type,
    {
      ...when({ required: ['type'] }, { $ref: '#/definitions/receiver' }),
      else: { $ref: `#/definitions/receiver_${type}` },
    },
  ]);
  return {
    ...(description === undefined ? {} : { description }),
    type: 'object',
    properties: Object.fromEntries(named),
    additionalProperties: { $ref: '#/definitions/receiver' },
  };
}
