/** Also the ways in which SQLAlchemy names a driver, so that an application's own DATABASE_URL works. */
export const SCHEMES = [
  'postgres',
  'postgresql',
  'postgresql+asyncpg',
  'postgresql+psycopg',
  'postgresql+psycopg_async',
  'postgresql+psycopg2',
  'postgresql+psycopg2cffi',
  'postgresql+pg8000',
  'postgresql+aiopg',
] as const;

export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** How drivers spell it in a URL (`sslmode` of libpq, `ssl` of asyncpg, JDBC and node-postgres) → libpq's modes. */
const SPELLINGS: Readonly<Record<string, SslMode>> = {
  disable: 'disable',
  false: 'disable',
  '0': 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  true: 'require',
  '1': 'require',
  'no-verify': 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};

/** What a connection URL says; undefined where it says nothing. */
export interface UrlParts {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly sslMode: SslMode | undefined;
  /** How it was written, also where it is no mode. */
  readonly sslModeText: string | undefined;
  /** CA file (`sslrootcert`). */
  readonly ca: string | undefined;
}

/** Reads a URL that `URL` can parse. Query parameters that are not known are left out. */
export function partsOf(text: string): UrlParts {
  const url = new URL(text);
  const query = (...names: readonly string[]) =>
    names.map((name) => url.searchParams.get(name)).find((value) => value !== null && value !== '') ?? undefined;
  const ca = query('sslrootcert');
  const port = url.port === '' ? query('port') : url.port;
  const sslModeText = query('sslmode', 'ssl');
  return {
    host: decode(url.hostname).replace(/^\[(.*)\]$/, '$1') || query('host'),
    port: port === undefined ? undefined : Number(port),
    user: decode(url.username) || query('user'),
    password: decode(url.password) || query('password'),
    database: decode(url.pathname.replace(/^\//, '')) || query('dbname'),
    sslMode: SPELLINGS[sslModeText?.toLowerCase() ?? ''],
    sslModeText,
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
