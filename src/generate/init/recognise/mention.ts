import { probeTypes } from '../../../probe/registry.ts';
import type { EnvValue, Service } from '../compose/service.ts';
import { escaped, filled, isReference, ours, type Raw, soleReference, type Variables } from '../compose/text.ts';
import type { Names } from './names.ts';
import { holdsSecret, type UrlParts, urlParts } from './url.ts';

/** A variable in a service's environment, and what it says. */
export interface Mention {
  readonly by: string;
  readonly key: string;
  readonly value: EnvValue;
  /** Filled in, where that can be. */
  readonly text: string;
}

/** Everything in the environments of some services. */
export const mentionsOf = (services: readonly Service[], variables: Variables): readonly Mention[] =>
  services.flatMap(({ name, environment }) =>
    [...environment].map(([key, value]) => ({ by: name, key, value, text: filled(value.raw, variables) })),
  );

/** The type whose URL this is, and the URL's parts as they are written. */
export interface Connection {
  readonly type: string;
  readonly mention: Mention;
  /** Of the text as it is written, or of the default of a variable that is all of it. */
  readonly written: UrlParts;
  /** Of the text as it is filled in. */
  readonly filled: UrlParts;
}

/** A URL by which a database can be asked; undefined for any other text. `http` is not meant. */
export function connectionOf(mention: Mention): Connection | undefined {
  const parts = urlParts(mention.text);
  const type = probeTypes.find(
    ({ type, byUrl }) => type !== 'http' && parts !== undefined && byUrl.schemes.includes(parts.scheme),
  );
  if (parts === undefined || type === undefined || type.type === 'kafka' || !URL.canParse(mention.text))
    return undefined;
  const sole = soleReference(mention.value.raw);
  return { type: type.type, mention, written: urlParts(sole?.otherwise ?? mention.value.raw) ?? parts, filled: parts };
}

/** How a connection is written in the config. */
export type Written =
  | { readonly form: 'url'; readonly url: string; readonly variable: string; readonly secret: boolean }
  | { readonly form: 'parts'; readonly parts: UrlParts };

/**
 * A connection without its secrets: a variable of the compose file stays one, a password that is a variable leaves the URL in
 * its parts, and a URL with a password in it becomes a variable named as the service has it.
 */
export function writtenAs({ mention, written }: Connection, names: Names, target: string): Written {
  const { raw, from } = mention.value;
  const sole = soleReference(raw);
  if (sole !== undefined) {
    names.refer(sole.name);
    const secret = sole.otherwise === undefined || holdsSecret(sole.otherwise);
    return { form: 'url', url: ours(raw, secret ? 'without-defaults' : 'with-defaults'), variable: sole.name, secret };
  }
  if (from === 'written' && written.password !== '' && isReference(written.password))
    return { form: 'parts', parts: written };
  const variable = names.claim(mention.key, raw, target);
  if (holdsSecret(raw)) return { form: 'url', url: `\${${variable}}`, variable, secret: true };
  const plain = from === 'file' ? escaped(mention.text) : ours(raw);
  return { form: 'url', url: `\${${variable}:-${plain}}`, variable, secret: false };
}

/** What a key of a service's environment gives to a key of the config; never a secret's text. */
export function fromEnvironment(
  { name, environment }: Service,
  keys: readonly string[],
  options: { readonly names: Names; readonly secret: boolean },
): { readonly value: string; readonly key: string } | undefined {
  for (const key of keys) {
    const file = environment.get(`${key}_FILE`);
    if (file !== undefined) return { value: `\${file:${ours(file.raw)}}`, key: `${key}_FILE` };
    const entry = environment.get(key);
    if (entry !== undefined) return { value: asValue(entry, { ...options, key, name }), key };
  }
  return undefined;
}

interface Asking {
  readonly names: Names;
  readonly secret: boolean;
  readonly key: string;
  readonly name: string;
}

function asValue({ raw, from }: EnvValue, { names, secret, key, name }: Asking): string {
  if (from === 'written' && isReference(raw)) return ours(raw, secret ? 'without-defaults' : 'with-defaults');
  if (from === 'written' && !secret) return ours(raw);
  return `\${${from === 'outside' ? key : names.claim(key, raw, name)}}`;
}

/** A secret in a command line: what it refers to, else a variable for it. */
export function fromCommand(raw: Raw, { environment, name }: Service, key: string, names: Names): string {
  const shell = /^\$\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(raw)?.[1];
  const entry = shell === undefined ? undefined : environment.get(shell);
  if (shell !== undefined)
    return entry === undefined ? `\${${shell}}` : asValue(entry, { names, secret: true, key: shell, name });
  return isReference(raw) ? ours(raw, 'without-defaults') : `\${${names.claim(key, raw, name)}}`;
}
