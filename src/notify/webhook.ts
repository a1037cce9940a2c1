import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { secret, secretUrl } from '../core/schema.ts';
import type { Secret } from '../core/secret.ts';
import { accessKeys } from './access.ts';
import type { ReceiverType } from './contract.ts';
import { groupKeys } from './keys.ts';
import { openPoster } from './poster.ts';
import { scrubbed, urlScrubber } from './scrub.ts';
import { toWebhookPayload } from './webhook-payload.ts';

const schema = z.strictObject({
  type: z.literal('webhook').describe('A URL of one’s own: gets what Alertmanager’s webhooks get (version 4).'),
  url: secretUrl('http', 'https').describe('Where to POST. Redirects are not followed.'),
  ...accessKeys,
  ...groupKeys,
  secret: secret()
    .refine((each) => each.reveal() !== '', { error: 'expected a secret that is not empty' })
    .optional()
    .describe('Key of the signature in the header `X-Hub-Signature-256`. Without it nothing is signed.'),
});

/** Alertmanager's webhook: one message for each group in which something began or ended. */
export const webhook: ReceiverType<typeof schema> = {
  type: 'webhook',
  schema,
  manner: {
    batch: 256,
    grouped: true,
    keyed: true,
    external: true,
    resendMs: undefined,
    keepResolvedMs: 0,
    longestBackoffMs: 60_000,
  },
  async open(settings, environment) {
    const url = new URL(settings.url.reveal());
    const poster = await openPoster(settings.url, '', settings, environment);
    const scrub = urlScrubber(url);
    const { receiver } = environment;
    return [
      {
        // Not the path: in it many services have their token.
        name: `${receiver} ${url.origin}`,
        async send(message, { signal }) {
          const body = JSON.stringify(toWebhookPayload(message, environment));
          const headers = { 'idempotency-key': message.key, ...signature(body, settings.secret) };
          return scrubbed(await poster.post(body, signal, headers), scrub);
        },
        [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
      },
    ];
  },
};

/** As GitHub signs. Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
function signature(body: string, key: Secret | undefined): Record<string, string> {
  if (key === undefined) return {};
  return { 'x-hub-signature-256': `sha256=${createHmac('sha256', key.reveal()).update(body).digest('hex')}` };
}
