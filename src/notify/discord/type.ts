import { z } from 'zod';
import { secretUrl } from '../../core/schema.ts';
import { SecretUrl } from '../../core/secret.ts';
import { accessKeys } from '../access.ts';
import type { Delivery, ReceiverType } from '../contract.ts';
import { type Answer, openPoster } from '../http/poster.ts';
import { scrubbed, urlScrubber } from '../http/scrub.ts';
import { peopleKeys, templateKeys } from '../keys.ts';
import { PEOPLE } from '../manner.ts';
import { toDiscordMessage } from './message.ts';

const schema = z.strictObject({
  type: z.literal('discord').describe('A channel of Discord, by a webhook.'),
  webhook_url: secretUrl('https', 'http').describe('The channel’s webhook, as Discord gives it.'),
  tls: accessKeys.tls,
  ...peopleKeys,
  ...templateKeys,
});

/** Messages for people in a channel: each is a new one, for a webhook can answer to none. */
export const discord: ReceiverType<typeof schema> = {
  type: 'discord',
  schema,
  manner: { ...PEOPLE, batch: 256 },
  async open({ webhook_url, tls, template }, environment) {
    const url = new URL(webhook_url.reveal());
    // Without it Discord says yes before it knows whether it keeps the message.
    url.searchParams.set('wait', 'true');
    const poster = await openPoster(new SecretUrl(url.href), '', { tls }, environment);
    const scrub = urlScrubber(url);
    return [
      {
        // Not the path: the token is in it.
        name: `${environment.receiver} ${url.origin}`,
        async send(message, { nowMs, signal }) {
          const body = JSON.stringify(toDiscordMessage(message, { ...environment, template }, nowMs));
          const asked = await poster.ask(body, signal);
          const delivery = asked.answered ? judge(asked.answer, poster.judge(asked.answer)) : asked.delivery;
          return scrubbed(delivery, scrub);
        },
        [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
      },
    ];
  },
};

/** Discord says in the body how long to wait, more exactly than in the header. */
function judge({ status, body }: Answer, delivery: Delivery): Delivery {
  if (delivery.ok) return delivery;
  const waitMs = status === 429 ? waitMsIn(body) : undefined;
  return waitMs === undefined ? delivery : { ...delivery, retryAfterMs: waitMs };
}

/** Nobody means longer than this. */
const LONGEST_WAIT_MS = 3_600_000;

/** `retry_after` in seconds, with a fraction. Source: https://docs.discord.com/developers/topics/rate-limits */
function waitMsIn(body: string): number | undefined {
  try {
    const parsed = z.object({ retry_after: z.number().nonnegative() }).safeParse(JSON.parse(body));
    return parsed.success ? Math.min(Math.ceil(parsed.data.retry_after * 1000), LONGEST_WAIT_MS) : undefined;
  } catch {
    return undefined;
  }
}
