import { z } from 'zod';
import { Secret } from '../core/secret.ts';
import { durationFrom } from './keys.ts';

/** All of it is secret: the path is the token, at most services. Empty is none, so that a variable may decide. */
const heartbeatUrl = z.string().transform((written, context) => {
  if (written === '') return undefined;
  if (/^https?:\/\//i.test(written) && URL.canParse(written)) return new Secret(written);
  context.addIssue({
    code: 'custom',
    message: 'expected a URL that begins with http:// or https://, or an empty text',
  });
  return z.NEVER;
});

/** How others notice that Outrider itself is dead. */
export const watchdogSchema = z.strictObject({
  to: z
    .array(z.string())
    .optional()
    .describe('Receivers of the alert OutriderWatchdog, by name; default those of type alertmanager. [] for none.'),
  heartbeat_url: heartbeatUrl.optional().describe('URL that is asked for while Outrider works; empty for none.'),
  every: durationFrom('1s', '1d').prefault('1m').describe('How often heartbeat_url is asked for.'),
});
