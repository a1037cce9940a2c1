import { z } from 'zod';
import { secret, secretUrl, tlsSchema } from '../../core/schema.ts';
import { partsOf, SCHEMES, SSL_MODES } from './url.ts';

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
    const wrong = (message: string, ...path: readonly string[]) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const url = settings.url === undefined ? undefined : partsOf(settings.url.reveal());
    if (url === undefined && settings.host === undefined) wrong('expected url or host');
    if (url !== undefined && settings.host !== undefined) wrong('expected url or host, not both', 'host');
    if (url !== undefined && settings.port !== undefined) wrong('port goes with host; write it into the url', 'port');
    for (const [key, host] of [['url', url?.host] as const, ['host', settings.host] as const])
      if (host?.includes(',')) wrong('expected one host: a target is one server', key);
    if (url?.sslModeText !== undefined && url.sslMode === undefined)
      wrong(`expected sslmode to be one of ${SSL_MODES.join(', ')}, got "${url.sslModeText}"`, 'url');
    if (settings.sslmode === 'disable' && settings.tls !== undefined)
      wrong('sslmode is disable, so that tls has no effect', 'tls');
  });

export type PostgresSettings = z.output<typeof postgresSchema>;
