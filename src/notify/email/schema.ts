import { isIP } from 'node:net';
import { z } from 'zod';
import { secret, tlsSchema } from '../../core/schema.ts';
import { peopleKeys } from '../keys.ts';
import { templateText } from '../text/template.ts';

/** Where mail is handed in. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on, rather than STARTTLS. */
  readonly implicitTls: boolean;
}

const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;
const EXPECTED = 'expected host:port, smtp://host:port or smtps://host:port';

/** `mail.example.com:587`, `smtp://…` or `smtps://…`; port 465 speaks TLS from the start, as `smtps` does. */
const mailServer = () =>
  z
    .string()
    .transform((text, context) => {
      const refuse = (message: string) => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `smtp://${text}`;
      if (!URL.canParse(written)) return refuse(EXPECTED);
      const url = new URL(written);
      if (url.username !== '' || url.password !== '')
        return refuse('the user and password belong under "auth", not into the address');
      const isPlain = ['', '/'].includes(url.pathname) && url.search === '' && url.hash === '';
      if (!['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '' || !isPlain) return refuse(EXPECTED);
      const standard = url.protocol === 'smtps:' ? SUBMISSIONS_PORT : SUBMISSION_PORT;
      const port = url.port === '' ? standard : Number(url.port);
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
      return { host, port, implicitTls: url.protocol === 'smtps:' || port === SUBMISSIONS_PORT };
    })
    .meta({ examples: ['mail.example.com:587', 'smtps://mail.example.com'] });

/** One address, or a name and an address; nothing that could end a header or begin another recipient. */
const ADDRESS =
  /^(?:[^\p{Cc}<>@,;:"]+ <([^\s\p{Cc}<>@,;:"]+@[^\s\p{Cc}<>@,;:"]+)>|([^\s\p{Cc}<>@,;:"]+@[^\s\p{Cc}<>@,;:"]+))$/u;

const mailAddress = () =>
  z
    .string()
    .regex(ADDRESS, { error: 'expected an address such as ops@example.com or Outrider <outrider@example.com>' })
    .meta({ examples: ['ops@example.com'] });

/** The bare address of what such a key holds. */
export function bareAddress(written: string): string {
  const [, named, bare] = ADDRESS.exec(written) ?? [];
  return named ?? bare ?? written;
}

const auth = z.strictObject({
  username: z.string().min(1).describe('User name.'),
  password: secret()
    .refine((each) => each.reveal() !== '', { error: 'expected a password that is not empty' })
    .describe('Password.'),
});

export const schema = z
  .strictObject({
    type: z.literal('email').describe('Mail over SMTP.'),
    smtp: mailServer().describe(
      'The mail server: `host:port`, `smtp://host:port` (default port 587) or `smtps://host:port` (465). Port 465 speaks TLS from the start.',
    ),
    from: mailAddress().describe('The sender: `outrider@example.com` or `Outrider <outrider@example.com>`.'),
    to: z
      .union([mailAddress(), z.array(mailAddress()).min(1)])
      .describe('Who gets it: an address, or a list of them, who all see each other.'),
    auth: auth.optional().describe('Who hands the mail in.'),
    starttls: z
      .enum(['required', 'opportunistic', 'off'])
      .optional()
      .describe(
        'Whether the connection must be encrypted: `required`, `opportunistic` (when the server offers it) or `off`. Default `required` with `auth` and a server elsewhere, else `opportunistic`.',
      ),
    tls: tlsSchema.optional().describe('TLS settings.'),
    ...peopleKeys,
    template: z
      .strictObject({
        subject: templateText().optional().describe('The subject.'),
        text: templateText().optional().describe('The plain text. Without `html` beside it the mail has no HTML.'),
        html: templateText().optional().describe('The HTML; values are escaped.'),
      })
      .optional()
      .describe('Messages of one’s own, in Mustache’s language.'),
  })
  .superRefine(({ smtp, auth, starttls }, context) => {
    const message = problemOf(smtp, auth !== undefined, starttls);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['starttls'], message });
  });

export type EmailSettings = z.output<typeof schema>;
export type StartTls = NonNullable<EmailSettings['starttls']>;

function problemOf(smtp: MailServer | undefined, hasAuth: boolean, starttls: StartTls | undefined): string | undefined {
  if (smtp === undefined || starttls === undefined) return undefined;
  if (smtp.implicitTls) return 'this server speaks TLS from the start: there is no STARTTLS to choose';
  if (!hasAuth || starttls === 'required' || isLoopback(smtp.host)) return undefined;
  return `with "${starttls}" the password could travel unencrypted: use "required"`;
}

/** Whether a connection must be encrypted by STARTTLS: what is written, else as safe as the password needs it. */
export function startTlsOf({ smtp, auth, starttls }: Pick<EmailSettings, 'smtp' | 'auth' | 'starttls'>): StartTls {
  return starttls ?? (auth !== undefined && !isLoopback(smtp.host) ? 'required' : 'opportunistic');
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
