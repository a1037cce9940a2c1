import { z } from 'zod';
import { hostPort, secret, secretUrl, size, tlsSchema } from '../../core/schema.ts';
import { parseRedisUrl } from './url.ts';

/** The config keys of `redis` alone. */
export const redisSchema = z
  .strictObject({
    type: z.literal('redis'),
    url: secretUrl('redis', 'rediss')
      .optional()
      .describe('Where it is, as a URL: redis://user:password@host:6379/0, or rediss:// for TLS.'),
    addresses: z
      .array(hostPort(6379))
      .length(1, 'expected exactly one address')
      .optional()
      .describe('Where it is, as host:port, in place of url.'),
    username: z.string().min(1).optional().describe('ACL user; wins over the one in url. Taken literally.'),
    password: secret().optional().describe('Password; wins over the one in url. Taken literally.'),
    tls: tlsSchema.optional().describe('TLS settings; with redis:// or addresses this block turns TLS on.'),
    memory_limit: size()
      .optional()
      .describe('Memory that the server may use where it has no maxmemory of its own, for memory_used_ratio.'),
  })
  .superRefine((config, context) => {
    const issue = (message: string, path: string[]) => context.addIssue({ code: 'custom', message, path });
    if (config.url === undefined && config.addresses === undefined)
      issue('expected url, such as redis://cache:6379, or addresses', ['url']);
    if (config.url !== undefined && config.addresses !== undefined)
      issue('url and addresses say the same: expected only one of them', ['addresses']);
    const parsed = config.url === undefined ? undefined : parseRedisUrl(config.url);
    if (parsed !== undefined && !parsed.ok) issue(parsed.message, ['url']);
    const password = config.password ?? (parsed?.ok === true ? parsed.password : undefined);
    if (config.username !== undefined && password === undefined) issue('a username needs a password', ['username']);
  });

export type RedisSettings = z.output<typeof redisSchema>;
