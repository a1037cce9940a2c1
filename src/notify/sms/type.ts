import { z } from 'zod';
import { secret, secretUrl } from '../../core/schema.ts';
import { SecretUrl, scrubber } from '../../core/secret.ts';
import type { Message, Peer, ReceiverEnvironment, ReceiverType } from '../contract.ts';
import { openPoster } from '../http/poster.ts';
import { scrubbed } from '../http/scrub.ts';
import { peopleKeys } from '../keys.ts';
import { PEOPLE } from '../manner.ts';
import { templateText } from '../text/template.ts';
import { viewOf } from '../text/view.ts';
import { smsText } from './text.ts';

const API_URL = 'https://api.twilio.com';
const ACCOUNT = /^AC[0-9a-f]{32}$/i;
const MESSAGING_SERVICE = /^MG[0-9a-f]{32}$/i;
/** Source: https://www.itu.int/rec/T-REC-E.164 */
const PHONE = /^\+[1-9]\d{6,14}$/;
/** A number, a short code, a name of at most eleven characters, or a messaging service. */
const SENDER = /^(?:\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11}|MG[0-9a-fA-F]{32})$/;

/** YAML takes the plus of an unquoted number for its sign. */
const quoted = (issue: { readonly input?: unknown }) =>
  typeof issue.input === 'number' ? `YAML reads a number that is not in quotes: write "+${issue.input}"` : undefined;

const phone = () =>
  z
    .string({ error: quoted })
    .regex(PHONE, { error: 'expected a phone number such as "+15550100123": +, country code and number, no spaces' })
    .meta({ examples: ['+15550100123'] });

const schema = z
  .strictObject({
    type: z.literal('sms').describe('Text messages, by Twilio’s API or one that is like it.'),
    account: z.string().min(1).describe('The account: `AC` and 32 hex digits at Twilio.'),
    token: secret()
      .refine((each) => each.reveal() !== '', { error: 'expected a token that is not empty' })
      .describe('The account’s token.'),
    from: z
      .string({ error: quoted })
      .regex(SENDER, {
        error: 'expected a phone number such as "+15550100123", a sender’s name or a messaging service (MG…)',
      })
      .describe('The sender: a phone number in quotes, a short code, a name, or a messaging service (`MG…`).'),
    to: z
      .union([phone(), z.array(phone()).min(1)], { error: quoted })
      .describe(
        'Who gets it: a phone number in quotes, `"+15550100123"`, or a list of them. Each has a queue of its own.',
      ),
    api_url: secretUrl('https', 'http').optional().describe(`Where the API is, if not at \`${API_URL}\`.`),
    ...peopleKeys,
    template: z
      .strictObject({ text: templateText().optional().describe('The message; cut at 1600 characters.') })
      .optional()
      .describe('A message of one’s own, in Mustache’s language.'),
  })
  .superRefine(({ account, api_url }, context) => {
    if (api_url !== undefined || ACCOUNT.test(account)) return;
    context.addIssue({
      code: 'custom',
      path: ['account'],
      message: 'expected an account at Twilio: AC and 32 hex digits',
    });
  });

type SmsSettings = z.output<typeof schema>;

/** Text messages by Twilio's REST API: a peer, hence a queue, for each number. */
export const sms: ReceiverType<typeof schema> = {
  type: 'sms',
  schema,
  manner: { ...PEOPLE, batch: 10_000 },
  open(settings, environment) {
    const numbers = [...new Set([settings.to].flat())];
    const names = namesOf(numbers, environment.receiver);
    return Promise.all(numbers.map((to, index) => openPeer(to, names[index] ?? '', settings, environment)));
  },
};

/** Source: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
async function openPeer(
  to: string,
  name: string,
  settings: SmsSettings,
  environment: ReceiverEnvironment,
): Promise<Peer> {
  const { account, token, from } = settings;
  const path = `/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`;
  const auth = { basic: { username: account, password: token } };
  const poster = await openPoster(settings.api_url ?? new SecretUrl(API_URL), path, { auth }, environment);
  const scrub = scrubber([to, to.slice(1), token.reveal(), account]);
  const sender = MESSAGING_SERVICE.test(from) ? { MessagingServiceSid: from } : { From: from };
  return {
    name,
    async send(message, { nowMs, signal }) {
      const text = textOf(message, settings, environment, nowMs);
      const body = new URLSearchParams({ To: to, ...sender, Body: text, SmartEncoded: 'true' }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return scrubbed(await poster.post(body, signal, headers), scrub);
    },
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  };
}

const textOf = (message: Message, { template }: SmsSettings, environment: ReceiverEnvironment, nowMs: number): string =>
  smsText(viewOf(message, environment, nowMs), template?.text);

/** `ops …0123`: no more of a number is said, also where two end alike. */
function namesOf(numbers: readonly string[], receiver: string): readonly string[] {
  const seen = new Map<string, number>();
  return numbers.map((number) => {
    const end = number.slice(-4);
    const count = (seen.get(end) ?? 0) + 1;
    seen.set(end, count);
    return `${receiver} …${end}${count === 1 ? '' : ` (${count})`}`;
  });
}
