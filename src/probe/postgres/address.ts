import type { PostgresSettings, SslMode } from './settings.ts';

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

/** How drivers spell TLS in a URL (`sslmode` of libpq, `ssl` of asyncpg and JDBC) → libpq's modes. */
const URL_SSL: Readonly<Record<string, SslMode>> = {
  disable: 'disable',
  false: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  true: 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};

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

type UrlParts = { readonly [K in keyof Address]: Address[K] | undefined };

function partsOf(text: string): UrlParts {
  const url = new URL(text);
  const query = (...names: readonly string[]) =>
    names.map((name) => url.searchParams.get(name)).find((value) => value !== null && value !== '') ?? undefined;
  const ca = query('sslrootcert');
  const port = url.port === '' ? query('port') : url.port;
  return {
    host: decode(url.hostname).replace(/^\[(.*)\]$/, '$1') || query('host'),
    port: port === undefined ? undefined : Number(port),
    user: decode(url.username) || query('user'),
    password: decode(url.password) || query('password'),
    database: decode(url.pathname.replace(/^\//, '')) || query('dbname'),
    sslMode: URL_SSL[query('sslmode', 'ssl') ?? ''],
    ca: ca === 'system' ? undefined : ca,
  };
}

/** People forget to encode a `%`; then the text is meant as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The server as messages name it. */
export const peerOf = ({ host, port }: Pick<Address, 'host' | 'port'>): string =>
  host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
