import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSchema } from '../../src/config/file-schema.ts';
import { targetKeys } from '../../src/config/target-schema.ts';
import { GENERAL_ALERTS } from '../../src/core/alert.ts';
import type { JsonSchema } from '../../src/generate/fills.ts';
import { configJsonSchema } from '../../src/generate/json-schema.ts';
import { referencePage } from '../../src/generate/reference.ts';
import { receiverTypes } from '../../src/notify/registry.ts';
import { probeTypes } from '../../src/probe/registry.ts';

const root = join(import.meta.dirname, '..', '..');
const schema = configJsonSchema();
const definitions = schema.definitions ?? {};

/** Every schema in a schema, with the keys that lead to it. */
function* parts(part: unknown, path = ''): Generator<readonly [string, JsonSchema]> {
  if (typeof part !== 'object' || part === null) return;
  if (!Array.isArray(part)) yield [path, part as JsonSchema];
  for (const [key, value] of Object.entries(part)) yield* parts(value, `${path}/${key}`);
}

describe('the JSON Schema', () => {
  it('has every key of the file, requires what the file needs, and allows x-… keys', () => {
    expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(fileSchema.shape));
    expect(schema.required).toEqual(['service', 'targets']);
    expect(schema).toMatchObject({ additionalProperties: false, patternProperties: { '^x-': {} } });
  });

  it.each(probeTypes.map((each) => [each.type, each] as const))('gives %s the common keys and its own', (type) => {
    const { properties = {}, additionalProperties } = definitions[`target_${type}`] ?? {};
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(targetKeys.shape)));
    expect(properties['type']).toMatchObject({ const: type });
    expect(additionalProperties).toBe(false);
  });

  it('lets the type decide which keys a target has', () => {
    expect(definitions['target']).toMatchObject({
      properties: { type: { enum: probeTypes.map(({ type }) => type) } },
      allOf: probeTypes.map(({ type }) => ({ if: { properties: { type: { const: type } } } })),
    });
  });

  it('asks a receiver for its type only where its name is none', () => {
    for (const { type } of receiverTypes) expect(definitions[`receiver_${type}`]?.required).not.toContain('type');
    expect(definitions['receiver']?.required).toEqual(['type']);
  });

  it(`allows \${…} wherever a number, true or false is expected`, () => {
    const bare = [...parts(schema)].filter(
      ([path, { type }]) => ['number', 'integer', 'boolean'].includes(String(type)) && !/\/anyOf\/\d+$/.test(path),
    );
    expect(bare).toEqual([]);
    expect(schema).toMatchObject({
      properties: {
        limits: { properties: { in_flight: { anyOf: [{ type: 'integer' }, { $ref: '#/definitions/filled' }] } } },
      },
    });
  });

  it('describes every key', () => {
    const undescribed = [...parts(schema)].flatMap(([path, { properties = {} }]) =>
      path.includes('/if')
        ? []
        : Object.entries(properties).flatMap(([key, value]) =>
            value.description === undefined && value['if'] === undefined && value['const'] === undefined
              ? [`${path}/${key}`]
              : [],
          ),
    );
    expect(undescribed).toEqual([]);
  });

  it('refers to nothing that it does not have, and has nothing that nobody refers to', () => {
    const refs = [...parts(schema)].flatMap(([, { $ref }]) =>
      typeof $ref === 'string' ? [$ref.replace('#/definitions/', '')] : [],
    );
    expect(new Set(refs)).toEqual(new Set(Object.keys(definitions)));
  });

  it('knows the defaults', () => {
    expect(schema).toMatchObject({
      properties: { startup_grace: { default: '60s' }, limits: { properties: { body: { default: '1MiB' } } } },
    });
  });
});

describe('the reference page', () => {
  const page = referencePage();

  it('has a row for every key, measure and built-in alert', () => {
    for (const key of [...Object.keys(fileSchema.shape), ...Object.keys(targetKeys.shape)])
      expect(page).toContain(`| \`${key}\` |`);
    for (const { measures, alerts } of probeTypes) {
      for (const { name } of measures) expect(page).toMatch(new RegExp(`^\\| \`${name}[\`{]`, 'm'));
      for (const { name } of [...alerts, ...GENERAL_ALERTS]) expect(page).toContain(`| \`${name}\` |`);
    }
  });

  it('links to headings that it has', () => {
    const headings = [...page.matchAll(/^#+ `?([^`\n]+)`?$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
  });
});

it('what is checked in is what is generated', () => {
  const run = () => execFileSync(process.execPath, ['src/generate/main.ts', '--check'], { cwd: root, stdio: 'pipe' });
  expect(run).not.toThrow();
  expect(JSON.parse(readFileSync(join(root, 'config', 'outrider.schema.json'), 'utf8'))).toEqual(schema);
});
