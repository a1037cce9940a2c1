import { Secret, SecretUrl } from '../core/secret.ts';
import type { FileKeys } from './file-schema.ts';
import { SECRET_KEY, tracesOf, urlSecrets } from './hidden.ts';

/** Every secret text of a config: those that its settings hold, and those that were filled in from files and variables. */
export function secretsOf(
  { auth, store, watchdog }: FileKeys,
  holders: readonly { readonly settings: unknown }[],
  filled: ReadonlySet<string>,
): readonly string[] {
  const secrets = secretsIn(auth, new Set(filled));
  for (const { settings } of holders) secretsIn(settings, secrets);
  secretsIn(watchdog, secrets);
  for (const url of [store, watchdog.heartbeat_url?.reveal()])
    for (const text of url === undefined ? [] : inUrl(url)) secrets.add(text);
  secrets.delete('');
  return [...new Set([...secrets].flatMap(tracesOf))];
}

function secretsIn(value: unknown, into: Set<string>): Set<string> {
  if (value instanceof Secret) into.add(value.reveal());
  else if (value instanceof SecretUrl) for (const text of inUrl(value.reveal())) into.add(text);
  else if (Array.isArray(value)) for (const item of value) secretsIn(item, into);
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) secretsIn(each, into);
  return into;
}

/** The password, decoded too, and the values of query parameters whose name says that they are secret. */
function inUrl(url: string): readonly string[] {
  const found = [...urlSecrets(url)];
  if (!url.includes('?') || !URL.canParse(url)) return found;
  for (const [key, value] of new URL(url).searchParams)
    if (SECRET_KEY.test(key) || /key|sig|auth/i.test(key)) found.push(value);
  return found;
}
