import { z } from 'zod';
import { secret, secretUrl } from '../../core/schema.ts';
import type { SecretUrl } from '../../core/secret.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { accessKeys } from '../access.ts';
import type { Delivery, Message, Peer, ReceiverEnvironment, ReceiverType } from '../contract.ts';
import { openPoster } from '../http/poster.ts';
import { scrubbed, urlScrubber } from '../http/scrub.ts';
import { peopleKeys, templateKeys } from '../keys.ts';
import { PEOPLE } from '../manner.ts';
import { type SlackMessage, type SlackSender, toSlackMessage } from './message.ts';
import { asksToWait, codeIn, refusalOf } from './refusal.ts';
import { tellInThread } from './thread.ts';

/** `<!here>`, `<@U123>`, `<!subteam^S123>`, or several. */
const MENTIONS = /^(?:<(?:!here|!channel|!everyone|@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)> ?)+$/;

const schema = z
  .strictObject({
    type: z.literal('slack').describe('Slack, by an incoming webhook or an app’s token.'),
    webhook_url: secretUrl('http', 'https')
      .optional()
      .describe('An incoming webhook: every message is a new one. Either this or `token`.'),
    token: secret()
      .refine((each) => each.reveal() !== '', { error: 'expected a token that is not empty' })
      .optional()
      .describe('The bot token of an app with the scope `chat:write`: one message and thread for each trouble.'),
    channel: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Name or id of a channel; needed with `token`. Webhooks of today have a channel of their own and ignore it.',
      ),
    api_url: secretUrl('http', 'https').prefault('https://slack.com/api').describe('Where Slack’s Web API is.'),
    mention: z
      .partialRecord(
        z.enum(SEVERITIES),
        z.string().regex(MENTIONS, { error: 'expected mentions such as <!here>, <@U123> or <!subteam^S123>' }),
      )
      .optional()
      .describe('Who is called when an alert of a severity begins: `{ P0: "<!here>" }`.'),
    tls: accessKeys.tls,
    ...peopleKeys,
    ...templateKeys,
  })
  .refine((s) => (s.webhook_url === undefined) !== (s.token === undefined), {
    error: 'expected one of webhook_url and token',
  })
  .refine((s) => s.token === undefined || s.channel !== undefined, {
    error: 'expected a channel: with a token there is no other way to know it',
  });
type Settings = z.output<typeof schema>;

/** Messages for people in a channel. */
export const slack: ReceiverType<typeof schema> = {
  type: 'slack',
  schema,
  manner: { ...PEOPLE, batch: 10_000 },
  async open(settings, environment) {
    const { webhook_url } = settings;
    return [
      await (webhook_url === undefined ? openApp(settings, environment) : openHook(webhook_url, settings, environment)),
    ];
  },
};

const senderOf = ({ template, mention }: Settings, environment: ReceiverEnvironment): SlackSender => ({
  ...environment,
  template,
  mention,
});

async function openApp(settings: Settings, environment: ReceiverEnvironment): Promise<Peer> {
  const { api_url, token, tls, channel = '' } = settings;
  const poster = await openPoster(api_url, '', { auth: { bearer: token }, tls }, environment);
  const target = new URL(api_url.reveal());
  const scrub = urlScrubber(target, token === undefined ? [] : [token.reveal()]);
  const sender = senderOf(settings, environment);
  return {
    name: `${environment.receiver} ${target.origin}`,
    async send(message, { nowMs, signal }) {
      const change = toSlackMessage(message, sender, nowMs);
      const state = toSlackMessage(standOf(message), { ...sender, mention: undefined }, nowMs);
      return scrubbed(await tellInThread(message, { change, state }, channel, poster, signal), scrub);
    },
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  };
}

/** The message as if the group were told for the first time: how it stands, not what is new. */
const standOf = (message: Message): Message => ({
  ...message,
  step: message.step === 'over' || message.step === 'reminder' ? message.step : 'first',
  isRepeat: false,
});

async function openHook(url: SecretUrl, settings: Settings, environment: ReceiverEnvironment): Promise<Peer> {
  const { tls, channel } = settings;
  const poster = await openPoster(url, '', { tls }, environment);
  const target = new URL(url.reveal());
  const scrub = urlScrubber(target);
  const sender = senderOf(settings, environment);
  const post = async (message: SlackMessage, signal: AbortSignal): Promise<Delivery> => {
    const asked = await poster.ask(JSON.stringify(channel === undefined ? message : { ...message, channel }), signal);
    if (!asked.answered) return asked.delivery;
    const judged = poster.judge(asked.answer);
    const code = codeIn(asked.answer.body);
    if (judged.ok || code === undefined || asksToWait(code) || asked.answer.status === 429) return judged;
    return refusalOf(code);
  };
  return {
    // Not the path: it is the secret.
    name: `${environment.receiver} ${target.origin}`,
    send: async (message, { nowMs, signal }) =>
      scrubbed(await post(toSlackMessage(message, sender, nowMs), signal), scrub),
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  };
}
