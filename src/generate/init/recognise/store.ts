import type { Service } from '../compose/service.ts';
import { filled, ours, type Raw, type Variables } from '../compose/text.ts';
import type { Key } from '../draft.ts';
import type { Known } from './image.ts';
import { type Connection, fromCommand, fromEnvironment, writtenAs } from './mention.ts';
import type { Names } from './names.ts';
import type { UrlParts } from './url.ts';

/** How a database or cache is reached, without a secret's text. */
export interface StoreFound {
  readonly keys: readonly Key[];
  readonly about: readonly string[];
}

export interface StoreQuestion {
  readonly service: Service;
  readonly known: Known;
  /** Variables of services by which they reach this one. */
  readonly connections: readonly Connection[];
  readonly names: Names;
  readonly variables: Variables;
}

const key = (name: string, value: string | undefined, comment?: string): readonly Key[] =>
  value === undefined || value === '' ? [] : [{ key: name, value, ...(comment === undefined ? {} : { comment }) }];

/** A variable that others have the URL in, and who has it. */
function byVariable(connection: Connection, url: string, secret: boolean): readonly Key[] {
  const { mention, filled: parts } = connection;
  const shape = `${parts.scheme}://…@${parts.host}${parts.port === '' ? '' : `:${parts.port}`}/${parts.path}`;
  return key(
    'url',
    url,
    secret ? `as ${mention.by} has it in ${mention.key}: ${shape}` : `${mention.key} of ${mention.by}`,
  );
}

/** Keys of a `postgres` target: by a URL that a service has for it, else by its own environment. */
export function postgresOf(question: StoreQuestion): StoreFound {
  const { service, known, connections, names, variables } = question;
  const pooler = known.kind === 'pgbouncer' ? key('pooler', 'pgbouncer') : [];
  const about = ['Better a role of Outrider’s own: one that has pg_monitor reads all statistics and no data.'];
  const [connection] = connections.filter(({ type }) => type === 'postgres');
  if (connection !== undefined) {
    const written = writtenAs(connection, names, service.name);
    const keys =
      written.form === 'url'
        ? byVariable(connection, written.url, written.secret)
        : postgresParts(service, written.parts, variables);
    return { keys: [...keys, ...pooler], about };
  }
  const from = (candidates: readonly string[], secret = false) =>
    fromEnvironment(service, candidates, { names, secret });
  const trusted = service.environment.get('POSTGRES_HOST_AUTH_METHOD')?.raw === 'trust';
  const password = from(['POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD'], true);
  const user = from(['POSTGRES_USER', 'POSTGRESQL_USERNAME', 'POSTGRESQL_USER', 'POSTGRES_USERNAME'])?.value;
  const secret =
    password?.value ?? (trusted ? undefined : `\${${names.claim('POSTGRES_PASSWORD', service.name, service.name)}}`);
  return {
    keys: [
      ...key('host', service.host),
      ...(known.kind === 'pgbouncer' && service.image.includes('bitnami') ? [{ key: 'port', value: 6432 }] : []),
      ...key('username', user ?? 'postgres'),
      ...(trusted
        ? []
        : key(
            'password',
            secret,
            password === undefined ? 'the compose file says none' : `what ${service.name} has as ${password.key}`,
          )),
      ...key('database', from(['POSTGRES_DB', 'POSTGRESQL_DATABASE', 'POSTGRES_DATABASE'])?.value),
      ...pooler,
    ],
    about,
  };
}

const POSTGRES_PORT = 5432;
const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;

function postgresParts({ host }: Service, parts: UrlParts, variables: Variables): readonly Key[] {
  const ssl = /(?:^|&)sslmode=([\w-]+)/.exec(parts.query)?.[1];
  const port = filled(parts.port, variables);
  return [
    ...key('host', host),
    ...(port === '' || Number(port) === POSTGRES_PORT ? [] : [{ key: 'port', value: portValue(parts.port) }]),
    ...key('username', ours(parts.user)),
    ...key('password', ours(parts.password, 'without-defaults')),
    ...key('database', ours(parts.path)),
    ...key('sslmode', ssl),
  ];
}

const portValue = (raw: Raw): string | number => (/^\d+$/.test(raw) ? Number(raw) : ours(raw));

/** Keys of a `redis` target, and of a sentinel, which speaks the same protocol. */
export function redisOf(question: StoreQuestion): StoreFound {
  const { service, known, connections, names, variables } = question;
  const about =
    known.kind === 'sentinel' ? ['A sentinel: it is asked as a server of its own, whoever is the master.'] : [];
  const [connection] = connections.filter(({ type }) => type === 'redis');
  if (connection !== undefined) {
    const written = writtenAs(connection, names, service.name);
    if (written.form === 'url') return { keys: byVariable(connection, written.url, written.secret), about };
    const { user, password, port } = written.parts;
    const address = `${service.host}:${port === '' ? REDIS_PORT : ours(port)}`;
    const login = [...key('username', ours(user)), ...key('password', ours(password, 'without-defaults'))];
    return { keys: [{ key: 'addresses', value: [address] }, ...login], about };
  }
  const port =
    known.kind === 'sentinel' ? SENTINEL_PORT : Number(/--port[= ](\d+)/.exec(service.command)?.[1] ?? REDIS_PORT);
  const password = redisPassword(service, names, variables);
  if (password === undefined) return { keys: key('url', `redis://${service.host}:${port}`), about };
  return {
    keys: [
      { key: 'addresses', value: [`${service.host}:${port}`] },
      ...key('password', password.value, `what ${service.name} has as ${password.key}`),
    ],
    about,
  };
}

function redisPassword(service: Service, names: Names, variables: Variables) {
  const [, quoted, plain] = /--requirepass[= ]+(?:\\?["']([^"'\\]*)\\?["']|(\S+))/.exec(service.command) ?? [];
  const raw = quoted ?? plain;
  if (raw !== undefined && raw !== '')
    return { value: fromCommand(raw, service, 'REDIS_PASSWORD', names), key: '--requirepass' };
  const keys = ['REDIS_PASSWORD', 'VALKEY_PASSWORD', 'KEYDB_PASSWORD'].filter((name) => {
    const value = service.environment.get(name);
    return (
      service.environment.has(`${name}_FILE`) ||
      (value !== undefined && (value.raw.includes('$') || filled(value.raw, variables) !== ''))
    );
  });
  return fromEnvironment(service, keys, { names, secret: true });
}
