import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Alert, Notice } from '../../src/core/alert.ts';
import type { Message } from '../../src/notify/contract.ts';
import { type MailSettings, mailOf } from '../../src/notify/email/mail.ts';
import { ALERT, messageOf, NOW_MS } from './receiver.ts';

export const TELLER = { receiver: 'ops', externalUrl: 'https://outrider.example.com', timezone: 'Europe/Berlin' };
export const SETTINGS: MailSettings = {
  from: 'Outrider <outrider@example.com>',
  to: 'ops@example.com',
  template: undefined,
};

export const compose = (message: Partial<Message> = {}, settings: Partial<MailSettings> = {}) =>
  mailOf(MailComposer, messageOf(message), { ...SETTINGS, ...settings }, TELLER, NOW_MS);

interface Parsed {
  readonly headers: ReadonlyMap<string, string>;
  readonly parts: readonly { readonly type: string; readonly body: string }[];
}

/** What nodemailer made, read back: headers with their folds undone, parts decoded. */
export async function composed(...args: Parameters<typeof compose>): Promise<Parsed> {
  return parse((await compose(...args)).raw.toString('latin1'));
}

export function parse(raw: string): Parsed {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(lines.map((line) => [line.split(': ')[0] ?? '', words(line.slice(line.indexOf(': ') + 2))]));
  const body = raw.slice(end + 4);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('Content-Type') ?? '')?.[1];
  if (boundary !== undefined) {
    const inner = body.split(`--${boundary}`).slice(1, -1);
    return { headers, parts: inner.flatMap((part) => parse(part.replace(/^\r\n/, '')).parts) };
  }
  const type = /^[^;]+/.exec(headers.get('Content-Type') ?? '')?.[0] ?? '';
  return { headers, parts: [{ type, body: decoded(body, headers.get('Content-Transfer-Encoding')) }] };
}

/** Encoded words in their own letters. */
const words = (value: string): string =>
  value
    .replace(/\?= =\?/g, '?==?')
    .replace(/(?:=\?UTF-8\?Q\?[^?]*\?=)+/g, (all) =>
      decoded(all.replace(/=\?UTF-8\?Q\?([^?]*)\?=/g, '$1').replaceAll('_', ' '), 'quoted-printable'),
    );

function decoded(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8').replaceAll('\r\n', '\n');
  const bytes =
    encoding === 'quoted-printable'
      ? body
          .replace(/=\r\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      : body;
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

export const saying = (summary: string, changes: Partial<Alert> = {}): readonly Notice[] => [
  { status: 'firing', alert: { ...ALERT, annotations: { summary, description: summary }, ...changes } },
];

/** Texts rich in what could mean something. */
export const hostile = (of: string) =>
  fc.string({ unit: fc.oneof(fc.constantFrom(...of.split('')), fc.string({ unit: 'grapheme', maxLength: 1 })) });
