import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { secret, secretUrl } from '../../core/schema.ts';
import type { Secret } from '../../core/secret.ts';
import { accessKeys } from '../access.ts';
import type { Message, ReceiverEnvironment, ReceiverType } from '../contract.ts';
import { openPoster } from '../http/poster.ts';
import { scrubbed, urlScrubber } from '../http/scrub.ts';
import { groupKeys } from '../keys.ts';
import { GROUPED } from '../manner.ts';
import { templateText } from '../text/template.ts';
import { viewOf } from '../text/view.ts';
import { type Body, bodyOf, problemOfBody } from './body.ts';
import { toWebhookPayload } from './payload.ts';

const JSON_TYPE = 'application/json';

const schema = z
  .strictObject({
    type: z.literal('webhook').describe('A URL of one’s own: gets what Alertmanager’s webhooks get (version 4).'),
    url: secretUrl('http', 'https').describe('Where to POST. Redirects are not followed.'),
    ...accessKeys,
    ...groupKeys,
    secret: secret()
      .refine((each) => each.reveal() !== '', { error: 'expected a secret that is not empty' })
      .optional()
      .describe('Key of the signature in the header `X-Hub-Signature-256`. Without it nothing is signed.'),
    template: templateText()
      .optional()
      .describe('The body, where it is not to be Alertmanager’s, in Mustache’s language.'),
    content_type: z
      .string()
      .regex(/^[\w.+-]+\/[\w.+-]+(?:; ?[\w-]+=[\w.-]+)*$/, { error: 'expected a media type such as text/plain' })
      .optional()
      .describe('What the template makes: values are made safe for it; default `application/json`.'),
  })
  .refine(({ template, content_type }) => template !== undefined || content_type === undefined, {
    error: 'only a template has another content type',
    path: ['content_type'],
  })
  .superRefine(({ template, content_type }, context) => {
    const wrong = template === undefined ? undefined : problemOfBody(template, content_type ?? JSON_TYPE);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong, path: ['template'] });
  });
type Settings = z.output<typeof schema>;

/** Alertmanager's webhook: one message for each group in which something began or ended. */
export const webhook: ReceiverType<typeof schema> = {
  type: 'webhook',
  schema,
  manner: { ...GROUPED, batch: 256, keyed: true },
  async open(settings, environment) {
    const url = new URL(settings.url.reveal());
    const poster = await openPoster(settings.url, '', settings, environment);
    const scrub = urlScrubber(url);
    const { receiver } = environment;
    return [
      {
        // Not the path: in it many services have their token.
        name: `${receiver} ${url.origin}`,
        async send(message, { nowMs, signal }) {
          const body = written(message, settings, environment, nowMs);
          if (!body.ok) return { ok: false, retry: false, reason: 'client', message: body.message };
          const headers = {
            'content-type': settings.content_type ?? JSON_TYPE,
            'idempotency-key': message.key,
            ...signature(body.text, settings.secret),
          };
          return scrubbed(await poster.post(body.text, signal, headers), scrub);
        },
        [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
      },
    ];
  },
};

function written(message: Message, settings: Settings, environment: ReceiverEnvironment, nowMs: number): Body {
  const { template, content_type } = settings;
  if (template === undefined) return { ok: true, text: JSON.stringify(toWebhookPayload(message, environment)) };
  return bodyOf(template, content_type ?? JSON_TYPE, viewOf(message, environment, nowMs));
}

/** As GitHub signs. Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
function signature(body: string, key: Secret | undefined): Record<string, string> {
  if (key === undefined) return {};
  return { 'x-hub-signature-256': `sha256=${createHmac('sha256', key.reveal()).update(body).digest('hex')}` };
}
