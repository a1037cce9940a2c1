import { z } from 'zod';
import { secret, tlsSchema } from '../core/schema.ts';

/** The keys of a receiver that say who asks, and whose certificate is trusted. */
export const accessKeys = {
  auth: z
    .strictObject({
      basic: z
        .strictObject({ username: z.string().describe('User name.'), password: secret().describe('Password.') })
        .optional()
        .describe('HTTP basic authentication.'),
      bearer: secret().optional().describe('A bearer token.'),
    })
    .refine((a) => (a.basic === undefined) !== (a.bearer === undefined), { error: 'expected one of basic and bearer' })
    .optional()
    .describe('How to authenticate: `basic` or `bearer`.'),
  tls: tlsSchema.optional().describe('TLS settings.'),
};
