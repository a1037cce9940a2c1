import { z } from 'zod';
import { secret, secretUrl, tlsSchema } from '../../core/schema.ts';

export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Also the ways in which SQLAlchemy names a driver, so that an application's own DATABASE_URL works. */
const SCHEMES = [
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

const names = () => z.array(z.string().min(1));

/** The config keys of a Postgres target. */
export const postgresSchema = z
  .strictObject({
    type: z.literal('postgres').describe('A PostgreSQL server.'),
    url: secretUrl(...SCHEMES)
      .optional()
      .describe('Connection URL: `postgres://user:password@host:5432/database?sslmode=require`. Instead of `host`.'),
    host: z.string().min(1).optional().describe('Host name, address, or folder of a Unix socket. Instead of `url`.'),
    port: z.int().min(1).max(65535).optional().describe('Port beside `host`; 5432 unless given.'),
    username: z.string().min(1).optional().describe('User to log in as; taken literally, and wins over the URL.'),
    password: secret().optional().describe('Password; taken literally, and wins over the URL.'),
    database: z.string().min(1).optional().describe('Database to connect to; wins over the URL. Default: as the user.'),
    sslmode: z
      .enum(SSL_MODES)
      .optional()
      .describe('As in libpq. Default: the URL’s, else `verify-full` with a `tls` block, else `prefer`.'),
    tls: tlsSchema.optional().describe('How TLS is verified.'),
    pooler: z
      .literal('pgbouncer')
      .optional()
      .describe('Says that PgBouncer stands in front of the server; found by itself otherwise.'),
    ignore: z
      .strictObject({
        users: names().optional().describe('Database users; `*` stands for any text.'),
        applications: names().optional().describe('Values of application_name; `*` stands for any text.'),
      })
      .optional()
      .describe('Whose sessions do not count for longest_query, longest_transaction and idle_in_transaction_age.'),
  })
  .superRefine((settings, context) => {
    if ((settings.url === undefined) === (settings.host === undefined))
      context.addIssue({
        code: 'custom',
        path: settings.url === undefined ? [] : ['host'],
        message: settings.url === undefined ? 'expected url or host' : 'expected url or host, not both',
      });
    if (settings.url !== undefined && settings.port !== undefined)
      context.addIssue({ code: 'custom', path: ['port'], message: 'port goes with host; write it into the url' });
    if (settings.sslmode === 'disable' && settings.tls !== undefined)
      context.addIssue({ code: 'custom', path: ['tls'], message: 'sslmode is disable, so that tls has no effect' });
  });

export type PostgresSettings = z.output<typeof postgresSchema>;
