import { z } from 'zod';
import { parseDurationMs } from './duration.ts';
import { Secret, SecretUrl } from './secret.ts';

/** `15s`, `1h30m` → milliseconds. */
export const duration = () =>
  z
    .string({
      error: (issue) =>
        typeof issue.input === 'number' ? `a duration needs a unit: write "${issue.input}s"` : undefined,
    })
    .transform((text, context) => {
      const ms = parseDurationMs(text);
      if (ms !== undefined) return ms;
      context.addIssue({ code: 'custom', message: `expected a duration such as 15s, 500ms or 1h30m, got "${text}"` });
      return z.NEVER;
    })
    .meta({ examples: ['15s', '500ms', '1h30m'] });

const SIZE_BYTES = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const SIZE = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|KiB|MiB|GiB)$/;

/** `1MiB`, `512kB` → bytes. */
export const size = () =>
  z
    .string({
      error: (issue) => (typeof issue.input === 'number' ? `a size needs a unit: write "${issue.input}B"` : undefined),
    })
    .transform((text, context) => {
      const part = SIZE.exec(text);
      if (part !== null) return Number(part[1]) * SIZE_BYTES[part[2] as keyof typeof SIZE_BYTES];
      context.addIssue({ code: 'custom', message: `expected a size such as 1MiB, 512kB or 2GB, got "${text}"` });
      return z.NEVER;
    })
    .meta({ examples: ['1MiB', '512kB'] });

/** A text that never comes out again. */
export const secret = () => z.string().transform((text) => new Secret(text));

/** A URL of one of the given schemes that may carry a password: `secretUrl('postgres', 'postgresql')`. */
export const secretUrl = (...schemes: readonly string[]) =>
  z.string().transform((text, context) => {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
    if (scheme !== undefined && schemes.includes(scheme) && URL.canParse(text)) return new SecretUrl(text);
    const shown =
      scheme === undefined ? 'no scheme' : schemes.includes(scheme) ? 'one that does not parse' : `"${scheme}://…"`;
    context.addIssue({ code: 'custom', message: `expected a URL such as ${schemes[0]}://host, got ${shown}` });
    return z.NEVER;
  });

/** `host:port`, `:port` or `[::1]:port` → both parts; an empty host listens everywhere. */
export const hostPort = (defaultPort?: number) =>
  z.string().transform((text, context) => {
    const part = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/]*))(?::(\d{1,5}))?$/.exec(text);
    const port = part?.[3] === undefined ? defaultPort : Number(part[3]);
    const host = part?.[1] ?? part?.[2];
    if (part !== null && host !== undefined && port !== undefined && port <= 65535) return { host, port };
    context.addIssue({ code: 'custom', message: `expected host:port, got "${text}"` });
    return z.NEVER;
  });

/** The `tls` block that every type and receiver shares; files are paths relative to the config file. */
export const tlsSchema = z
  .strictObject({
    ca: z.string().optional().describe('File with the certificates of one’s own authorities (PEM).'),
    server_name: z.string().optional().describe('Name to ask for (SNI) and to verify instead of the host.'),
    min_version: z.enum(['1.2', '1.3']).optional().describe('Oldest TLS version that is accepted.'),
    insecure_skip_verify: z.boolean().optional().describe('Accept any certificate. Said in a warning.'),
  })
  .meta({ id: 'tls' });
export type TlsSettings = z.output<typeof tlsSchema>;
