import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FOLDER = join(import.meta.dirname, '..', 'fixture', 'schema', 'kubernetes');

/** The kinds that are known, by `apiVersion kind`, and the definition of each. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  'apps/v1 Deployment': 'io.k8s.api.apps.v1.Deployment',
  'v1 Service': 'io.k8s.api.core.v1.Service',
  'v1 ConfigMap': 'io.k8s.api.core.v1.ConfigMap',
  'v1 Secret': 'io.k8s.api.core.v1.Secret',
  'v1 PersistentVolumeClaim': 'io.k8s.api.core.v1.PersistentVolumeClaim',
  'monitoring.coreos.com/v1 ServiceMonitor': 'ServiceMonitor',
};

/** A Kubernetes object, as far as every kind is the same. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

type Json = { readonly [key: string]: Json } | readonly Json[] | string | number | boolean | null;
type JsonObject = { readonly [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As a strict API server reads a schema: no field that it does not name, and a number or a text where either may stand. */
function strict(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(strict);
  if (!isObject(schema)) return schema;
  if (schema['format'] === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true)
    return { anyOf: [{ type: 'integer' }, { type: 'string' }] };
  const { format: _format, ...rest } = schema;
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, strict(value)]));
  return isObject(schema['properties']) && schema['additionalProperties'] === undefined
    ? { ...inner, additionalProperties: false }
    : inner;
}

function definitionsOf(file: string): JsonObject {
  const { definitions } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { readonly definitions: JsonObject };
  return Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, strict(schema)]));
}

const definitions = { ...definitionsOf('api.json'), ...definitionsOf('service-monitor.json') };

/** What is wrong with an object by the schema of its kind, as the API server would say under `--validate=strict`. */
export function wrongWith(manifest: Manifest): readonly string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const name = DEFINITIONS[kind];
  if (name === undefined) return [`no schema for ${kind}`];
  const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
  const issues = [...issuesBy(name, manifest), ...issuesBy(meta, manifest.metadata, 'metadata')];
  return [...new Set(issues)].map((issue) => `${kind}: ${issue}`);
}

function issuesBy(name: string, value: unknown, ...at: readonly string[]): readonly string[] {
  const schema = z.fromJSONSchema({
    $schema: 'http://json-schema.org/draft-07/schema#',
    definitions: definitions as Record<string, z.core.JSONSchema.JSONSchema>,
    $ref: `#/definitions/${name}`,
  });
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map((issue) => `${[...at, ...issue.path].join('.')}: ${issue.message}`);
}
