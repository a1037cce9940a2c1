import { filled, ours } from './compose/text.ts';
import type { Key, Value } from './draft.ts';
import type { Names } from './recognise/names.ts';
import { holdsSecret, urlParts } from './recognise/url.ts';

const NO_VARIABLES = new Map<string, string>();
const SECRET_NAME = /auth|cookie|token|key|secret|passw|credential|sign/i;

/** A key that is written only where there is a value. */
export const key = (name: string, value: Value | undefined): readonly Key[] =>
  value === undefined || value === '' ? [] : [{ key: name, value }];

/** A URL; one that holds a password is a variable of the target's name. */
export function urlValue(names: Names, url: string, target: string): string {
  const parts = urlParts(url);
  const login = parts !== undefined && parts.user !== '';
  return login || holdsSecret(url) ? `\${${names.claim('URL', url, target, true)}}` : ours(url);
}

/** Request headers; what may be a secret is a variable, unless it is one already. */
export function headersValue(
  names: Names,
  headers: Readonly<Record<string, string>>,
  target: string,
): Value | undefined {
  const all = Object.entries(headers).map(([name, value]) => {
    const harmless =
      !SECRET_NAME.test(name) || filled(value.replace(/^(Bearer|Basic|Token)\s+/i, ''), NO_VARIABLES) === '';
    return [name, harmless ? ours(value) : `\${${names.claim(name, value, target, true)}}`] as const;
  });
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

/** A request body; one that may hold a secret is a variable. */
export const bodyValue = (names: Names, body: string | undefined, target: string): string | undefined =>
  body === undefined
    ? undefined
    : SECRET_NAME.test(body)
      ? `\${${names.claim('BODY', body, target, true)}}`
      : ours(body);

/** A name that no other target has: with more of where it belongs before it, then with a number. */
export function uniqueName(used: Set<string>, name: string, belongs: string | undefined): string {
  const candidates = [name, ...(belongs === undefined || belongs === '' ? [] : [`${belongs}-${name}`])];
  for (let number = 2; candidates.every((candidate) => used.has(candidate)); number++)
    candidates.push(`${name}-${number}`);
  const free = candidates.find((candidate) => !used.has(candidate)) ?? name;
  used.add(free);
  return free;
}
