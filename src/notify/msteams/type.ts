import { z } from 'zod';
import { secretUrl } from '../../core/schema.ts';
import { accessKeys } from '../access.ts';
import type { ReceiverType } from '../contract.ts';
import { openPoster } from '../http/poster.ts';
import { scrubbed, urlScrubber } from '../http/scrub.ts';
import { peopleKeys, templateKeys } from '../keys.ts';
import { PEOPLE } from '../manner.ts';
import { toTeamsMessage } from './card.ts';

const schema = z.strictObject({
  type: z.literal('msteams').describe('A channel or chat of Microsoft Teams, by a workflow.'),
  webhook_url: secretUrl('https', 'http').describe(
    'The URL of a workflow that begins “when a Teams webhook request is received”.',
  ),
  tls: accessKeys.tls,
  ...peopleKeys,
  ...templateKeys,
});

/** Messages for people in a channel: each is a new one, for a workflow tells nobody what it posted. */
export const msteams: ReceiverType<typeof schema> = {
  type: 'msteams',
  schema,
  manner: { ...PEOPLE, batch: 256 },
  async open({ webhook_url, tls, template }, environment) {
    const url = new URL(webhook_url.reveal());
    const poster = await openPoster(webhook_url, '', { tls }, environment);
    const scrub = urlScrubber(url);
    return [
      {
        // Not the path and the query: the workflow's name and signature are in them.
        name: `${environment.receiver} ${url.origin}`,
        async send(message, { nowMs, signal }) {
          const body = JSON.stringify(toTeamsMessage(message, { ...environment, template }, nowMs));
          return scrubbed(await poster.post(body, signal), scrub);
        },
        [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
      },
    ];
  },
};
