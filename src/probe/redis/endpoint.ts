import type { RedisSettings } from './schema.ts';
import { parseRedisUrl } from './url.ts';

/** Where a server is and as whom to log in; `password` is the secret itself. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** One endpoint of `url` or `addresses`, with what stands beside them winning over the URL. Throws on settings that the schema refuses. */
export function endpointOf(settings: RedisSettings): Endpoint {
  const url = settings.url === undefined ? undefined : parseRedisUrl(settings.url);
  if (url?.ok === false) throw new Error(url.message);
  const place = url ?? settings.addresses?.[0];
  if (place === undefined) throw new Error('neither url nor addresses');
  return {
    host: place.host === '' ? 'localhost' : place.host,
    port: place.port,
    tls: url?.tls === true || settings.tls !== undefined,
    username: settings.username ?? url?.username,
    password: settings.password?.reveal() ?? url?.password,
    database: url?.database ?? 0,
  };
}
