import type MailComposer from 'nodemailer/lib/mail-composer';
import type { Message } from '../contract.ts';
import { cut, oneLine } from '../text/line.ts';
import { plain, renderOwn } from '../text/template.ts';
import { type Teller, viewOf } from '../text/view.ts';
import { outlineOf, printable } from './outline.ts';
import { bareAddress, type EmailSettings } from './schema.ts';
import { escapeHtml, HTML, SUBJECT, TEXT } from './text.ts';

/** So much of a subject is shown anywhere. */
const SUBJECT_CHARS = 180;
const GRAVE = ['P0', 'P1'];
const MESSAGE_ID = /^<[^<>\s]{1,250}>$/;

/** What a mail is made from, beside the message. */
export type MailSettings = Pick<EmailSettings, 'from' | 'to' | 'template'>;

export interface Mail {
  /** With its angle brackets; the same for the same message, whenever it is told. */
  readonly id: string;
  /** The id of the group's first mail, which all others answer. */
  readonly thread: string;
  /** The whole mail with its headers. */
  readonly raw: Buffer;
}

/** A message as a mail with a plain and an HTML part. */
export async function mailOf(
  Composer: typeof MailComposer,
  message: Message,
  settings: MailSettings,
  teller: Teller,
  nowMs: number,
): Promise<Mail> {
  const { key, thread, step } = message;
  const id = `<${key.slice(0, 40)}@${bareAddress(settings.from).split('@')[1]}>`;
  const first = thread !== undefined && thread !== id && MESSAGE_ID.test(thread) ? thread : undefined;
  const view = outlineOf(viewOf(message, teller, nowMs));
  const isUrgent = GRAVE.includes(view.severity) && ['first', 'more', 'reminder'].includes(step);
  const mail = new Composer({
    from: settings.from,
    to: [settings.to].flat(),
    ...partsOf(settings.template ?? {}, view),
    messageId: id,
    date: new Date(nowMs),
    // The same message is the same to the byte, wherever it is told again.
    baseBoundary: key.slice(0, 32),
    ...(first === undefined ? {} : { inReplyTo: first, references: first }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Outrider-Receiver': oneLine(teller.receiver),
      'X-Outrider-Severity': view.severity,
      'X-Outrider-Step': step,
      ...(isUrgent ? { 'X-Priority': '1 (Highest)', Importance: 'high' } : {}),
    },
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { id, thread: first ?? id, raw: await mail.compile().build() };
}

/** Who writes the plain text alone means that nothing else is read. */
function partsOf(own: NonNullable<MailSettings['template']>, view: ReturnType<typeof outlineOf>) {
  const subject = subjectOf(renderOwn(own.subject, SUBJECT, view, plain));
  const text = bodyOf(renderOwn(own.text, TEXT, view, plain));
  const hasHtml = own.html !== undefined || own.text === undefined;
  const html = hasHtml ? { html: bodyOf(renderOwn(own.html, HTML, view, escapeHtml)) } : {};
  return { subject: subject === '' ? subjectOf(view.title) : subject, text, ...html };
}

/** One line of bounded length: what a target says begins no other header. */
const subjectOf = (text: string): string => cut(oneLine(text), SUBJECT_CHARS);

const bodyOf = (text: string): string => `${printable(text)}\n`;
