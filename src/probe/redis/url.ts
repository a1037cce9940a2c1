import type { SecretUrl } from '../../core/secret.ts';

/** What a Redis URL says; the texts are decoded, `database` is a number. */
export type ParsedUrl =
  | {
      readonly ok: true;
      readonly host: string;
      readonly port: number;
      readonly tls: boolean;
      readonly username?: string;
      readonly password?: string;
      readonly database: number;
    }
  | { readonly ok: false; readonly message: string };

const DATABASE = /^\d{1,4}$/;

/** The parts of `redis[s]://[user][:password]@host[:port][/database]`; redis-py's `?db=` counts too, other parameters are ignored. */
export function parseRedisUrl(secret: SecretUrl): ParsedUrl {
  const url = new URL(secret.reveal());
  const path = url.pathname.replace(/^\//, '');
  const database = path !== '' ? path : (url.searchParams.get('db') ?? '0');
  if (!DATABASE.test(database))
    return { ok: false, message: 'expected a database number after the host, as in redis://host:6379/0' };
  return {
    ok: true,
    host: url.hostname === '' ? 'localhost' : url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    tls: url.protocol === 'rediss:',
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
    database: Number(database),
  };
}

/** A password with a bare `%` is no mistake that a person would look for: it is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
