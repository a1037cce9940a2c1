import { listOf, mapOf, type PlainMap, textOf, textsOf } from './compose/plain.ts';
import { escaped } from './compose/text.ts';
import type { Key, Value } from './draft.ts';
import { bodyValue, headersValue, key } from './importing.ts';
import type { Names } from './recognise/names.ts';

/** A module of a blackbox_exporter, as keys of a target. */
export interface Module {
  readonly prober: string;
  readonly keys: readonly Key[];
  readonly timeout: string | undefined;
  /** Settings that no key can say. */
  readonly unknown: readonly string[];
}

/** What has a key, and what is as it is here anyway. */
const TAKEN: ReadonlySet<string> = new Set([
  'method',
  'headers',
  'body',
  'basic_auth',
  'authorization',
  'bearer_token',
  'bearer_token_file',
  'tls_config',
  'follow_redirects',
  'no_follow_redirects',
  'valid_status_codes',
  'accept_any_response',
  'fail_if_body_not_matches_regexp',
  'valid_http_versions',
  'compression',
  'body_size_limit',
]);

/** Of each module by its name. */
export const modulesOf = (root: PlainMap, names: Names): ReadonlyMap<string, Module> =>
  new Map(Object.entries(mapOf(root['modules'])).map(([name, module]) => [name, moduleOf(name, mapOf(module), names)]));

function moduleOf(name: string, module: PlainMap, names: Names): Module {
  const prober = textOf(module['prober']) ?? '';
  const http = mapOf(module['http']);
  const headers = Object.entries(mapOf(http['headers'])).map(
    ([header, value]) => [header, literal(textOf(value))] as const,
  );
  const follows = http['follow_redirects'] !== false && http['no_follow_redirects'] !== true;
  const [expected, ...more] = textsOf(http['fail_if_body_not_matches_regexp']);
  const unknown = Object.keys(http).filter((setting) => !TAKEN.has(setting));
  return {
    prober,
    timeout: textOf(module['timeout']),
    keys: [
      ...key('method', textOf(http['method'])),
      ...key('headers', headersValue(names, Object.fromEntries(headers), name)),
      ...key('body', bodyValue(names, http['body'] === undefined ? undefined : literal(textOf(http['body'])), name)),
      ...key('auth', authOf(http, names, name)),
      ...key('tls', tlsOf(mapOf(http['tls_config']))),
      ...key('redirects', follows ? undefined : 'none'),
      ...key('expect', expectOf(http, expected)),
    ],
    unknown: [...unknown, ...(more.length === 0 ? [] : ['a second fail_if_body_not_matches_regexp'])],
  };
}

/** Prometheus fills nothing in: a dollar is a dollar. */
const literal = (text: string | undefined): string => (text ?? '').replaceAll('$', '$$$$');

function expectOf(http: PlainMap, regexp: string | undefined): Value | undefined {
  const codes = textsOf(http['valid_status_codes']).map(Number);
  const status: Value | undefined =
    http['accept_any_response'] === true ? '100-599' : codes.length > 1 ? codes : codes[0];
  const all = {
    ...(status === undefined ? {} : { status }),
    ...(regexp === undefined ? {} : { body: escaped(`/${regexp.replaceAll('/', '\\/')}/`) }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}

function authOf(http: PlainMap, names: Names, module: string): Value | undefined {
  const basic = mapOf(http['basic_auth']);
  const username = textOf(basic['username']);
  if (username !== undefined)
    return { basic: { username, password: secretOf(basic, 'password', names, module) ?? '' } };
  const bearer =
    secretOf(mapOf(http['authorization']), 'credentials', names, module) ??
    secretOf(http, 'bearer_token', names, module);
  return bearer === undefined ? undefined : { bearer };
}

/** A secret's file where it has one, else a variable for it. */
function secretOf(map: PlainMap, name: string, names: Names, module: string): string | undefined {
  const file = textOf(map[`${name}_file`]);
  if (file !== undefined) return `\${file:${file}}`;
  const written = textOf(map[name]);
  return written === undefined ? undefined : `\${${names.claim(name, written, module, true)}}`;
}

function tlsOf(tls: PlainMap): Value | undefined {
  const all = {
    ...(textOf(tls['ca_file']) === undefined ? {} : { ca: textOf(tls['ca_file']) ?? '' }),
    ...(textOf(tls['server_name']) === undefined ? {} : { server_name: textOf(tls['server_name']) ?? '' }),
    ...(tls['insecure_skip_verify'] === true ? { insecure_skip_verify: true } : {}),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** The names of modules that a job asks with. */
export const modulesAsked = (job: PlainMap): readonly string[] =>
  listOf(mapOf(job['params'])['module']).flatMap((name) => textOf(name) ?? []);
