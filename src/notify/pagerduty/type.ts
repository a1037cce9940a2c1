import { z } from 'zod';
import { secret, secretUrl } from '../../core/schema.ts';
import { accessKeys } from '../access.ts';
import type { ReceiverType } from '../contract.ts';
import { openPoster } from '../http/poster.ts';
import { scrubbed, urlScrubber } from '../http/scrub.ts';
import { peopleKeys, templateKeys } from '../keys.ts';
import { PEOPLE } from '../manner.ts';
import { toEvent } from './event.ts';

const schema = z.strictObject({
  type: z.literal('pagerduty').describe('PagerDuty, Events API v2: one incident for each trouble.'),
  routing_key: secret()
    .refine((each) => each.reveal() !== '', { error: 'expected a key that is not empty' })
    .describe('The “Integration Key” of an integration of the kind Events API v2.'),
  url: secretUrl('http', 'https')
    .prefault('https://events.pagerduty.com/v2/enqueue')
    .describe('Where events go; https://events.eu.pagerduty.com/v2/enqueue for accounts in the EU.'),
  tls: accessKeys.tls,
  ...peopleKeys,
  ...templateKeys,
});

/** One incident for each group: it opens with the first alert, and is resolved with the last. */
export const pagerduty: ReceiverType<typeof schema> = {
  type: 'pagerduty',
  schema,
  manner: { ...PEOPLE, batch: 10_000, keyed: true },
  async open({ routing_key, url, tls, template }, environment) {
    const poster = await openPoster(url, '', { tls }, environment);
    const target = new URL(url.reveal());
    const routingKey = routing_key.reveal();
    const scrub = urlScrubber(target, [routingKey]);
    const sender = { ...environment, routingKey, template };
    return [
      {
        name: `${environment.receiver} ${target.origin}`,
        async send(message, { nowMs, signal }) {
          return scrubbed(await poster.post(written(toEvent(message, sender, nowMs)), signal), scrub);
        },
        [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
      },
    ];
  },
};

/** Half a character, as JSON writes it, is refused by strict parsers. */
const written = (event: object): string =>
  JSON.stringify(event, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
