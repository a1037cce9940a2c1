import { existsSync } from 'node:fs';
import { parseDurationMs } from '../../../core/duration.ts';
import { readText } from '../yaml-file.ts';
import { parseDotenv } from './dotenv.ts';
import type { Project } from './load.ts';
import { isMap, listOf, mapOf, type Plain, type PlainMap, textOf, textsOf } from './plain.ts';
import { type Port, portOf } from './port.ts';
import { filled, type Raw, type Variables } from './text.ts';

/** A value in a service's environment. */
export interface EnvValue {
  readonly raw: Raw;
  /** Written in the compose file, read from an env_file, or handed through from outside by its name alone. */
  readonly from: 'written' | 'file' | 'outside';
}

export interface Need {
  readonly name: string;
  readonly soft: boolean;
  readonly once: boolean;
}

/** What matters of a compose service to those who would watch it. */
export interface Service {
  readonly name: string;
  /** Where it is reached: by its name, that of the service whose network it shares, or on the machine itself. */
  readonly host: string;
  /** Other names that others may call it by. */
  readonly aliases: readonly string[];
  /** Filled in; empty where it is only built. */
  readonly image: string;
  /** Entrypoint and command as one line, not filled in. */
  readonly command: Raw;
  readonly ports: readonly Port[];
  /** Container ports that are only named, not published. */
  readonly expose: readonly Raw[];
  /** Undefined where there is no check. */
  readonly check: Raw | undefined;
  readonly startPeriodMs: number;
  readonly needs: readonly Need[];
  readonly environment: ReadonlyMap<string, EnvValue>;
  readonly labels: ReadonlyMap<string, string>;
  readonly profiles: readonly string[];
  readonly replicas: number;
  /** env files that are not there although they must be. */
  readonly missing: readonly string[];
}

/** Every service of a project, in its order. */
export const servicesOf = ({ services, variables }: Project): readonly Service[] =>
  [...services].map(([name, map]) => serviceOf(name, map, variables));

function serviceOf(name: string, map: PlainMap, variables: Variables): Service {
  const text = (value: Plain): string => filled(textOf(value) ?? '', variables);
  const check = mapOf(map['healthcheck']);
  const network = text(map['network_mode']);
  const shares = network === 'host' ? 'localhost' : /^service:(.+)$/.exec(network)?.[1];
  const files = listOf(map['env_file']).map(mapOf);
  const replicas = text(mapOf(map['deploy'])['replicas'] ?? map['scale']);
  return {
    name,
    host: shares ?? name,
    aliases: [text(map['container_name']), text(map['hostname']), ...networkAliases(map['networks'])].filter(
      (each) => each !== '',
    ),
    image: text(map['image']),
    command: [...textsOf(map['entrypoint']), ...textsOf(map['command'])].join(' '),
    ports: listOf(map['ports']).flatMap((port) => portOf(port, variables)),
    expose: textsOf(map['expose']),
    check: check['disable'] === true ? undefined : checkOf(check['test']),
    startPeriodMs: parseDurationMs(text(check['start_period'])) ?? 0,
    needs: needsOf(map),
    environment: environmentOf(map['environment'], files, variables),
    labels: new Map(Object.entries(mapOf(map['labels'])).map(([key, value]) => [filled(key, variables), text(value)])),
    profiles: textsOf(map['profiles']),
    replicas: replicas === '' ? 1 : Number(replicas),
    missing: files.flatMap(({ path, required }) =>
      required === true && !existsSync(String(path)) ? [String(path)] : [],
    ),
  };
}

const networkAliases = (networks: Plain): readonly string[] =>
  isMap(networks) ? Object.values(networks).flatMap((network) => textsOf(mapOf(network)['aliases'])) : [];

function checkOf(test: Plain): Raw | undefined {
  const words = textsOf(test);
  if (words.length === 0 || words[0] === 'NONE') return undefined;
  // A header is one word for curl: quotes keep it one.
  return words
    .filter((word, index) => index > 0 || !/^CMD(-SHELL)?$/.test(word))
    .map((word, index, all) => (/^(-H|--header)$/.test(all[index - 1] ?? '') ? `"${word}"` : word))
    .join(' ');
}

function needsOf(map: PlainMap): readonly Need[] {
  const written = Object.entries(mapOf(map['depends_on'])).map(([name, how]) => ({
    name,
    soft: mapOf(how)['required'] === false,
    once: mapOf(how)['condition'] === 'service_completed_successfully',
  }));
  const linked = textsOf(map['links']).map((link) => ({ name: link.replace(/:.*$/, ''), soft: false, once: false }));
  return [...written, ...linked.filter(({ name }) => !written.some((each) => each.name === name))];
}

/** env files in their order, then what is written, which wins. */
function environmentOf(
  written: Plain,
  files: readonly PlainMap[],
  variables: Variables,
): ReadonlyMap<string, EnvValue> {
  const found = new Map<string, EnvValue>();
  for (const { path } of files) {
    if (!existsSync(String(path))) continue;
    for (const [key, value] of parseDotenv(readText(String(path)), variables))
      found.set(key, { raw: value.replaceAll('$', '$$$$'), from: 'file' });
  }
  for (const [key, value] of Object.entries(mapOf(written))) {
    const text = textOf(value);
    if (text !== undefined) found.set(key, { raw: text, from: 'written' });
    else found.set(key, { raw: `\${${key}}`, from: 'outside' });
  }
  return found;
}
