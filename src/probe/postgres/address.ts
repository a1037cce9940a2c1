import type { PostgresSettings } from './settings.ts';
import { partsOf, type SslMode } from './url.ts';

/** Where to connect and as whom; the password is plain text and must not leave the probe. */
export interface Address {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly sslMode: SslMode;
  /** CA file that the URL names (`sslrootcert`). */
  readonly ca: string | undefined;
}

const DEFAULT_PORT = 5432;
const DEFAULT_USER = 'postgres';

/** Everything that a connection needs, from the URL and the keys beside it, which win. */
export function addressOf(settings: PostgresSettings): Address {
  const url = settings.url === undefined ? undefined : partsOf(settings.url.reveal());
  const user = settings.username ?? url?.user ?? DEFAULT_USER;
  const ca = settings.tls?.ca ?? url?.ca;
  return {
    host: settings.host ?? url?.host ?? 'localhost',
    port: settings.port ?? url?.port ?? DEFAULT_PORT,
    user,
    password: settings.password?.reveal() ?? url?.password,
    database: settings.database ?? url?.database ?? user,
    sslMode: sslModeOf(settings, url?.sslMode, ca !== undefined),
    ca,
  };
}

/** As libpq does, `require` with an own CA verifies like `verify-ca`. */
function sslModeOf(settings: PostgresSettings, inUrl: SslMode | undefined, hasCa: boolean): SslMode {
  const mode = settings.sslmode ?? inUrl ?? (settings.tls === undefined ? 'prefer' : 'verify-full');
  return mode === 'require' && hasCa ? 'verify-ca' : mode;
}

/** The server as messages name it. */
export const peerOf = ({ host, port }: Pick<Address, 'host' | 'port'>): string =>
  host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
