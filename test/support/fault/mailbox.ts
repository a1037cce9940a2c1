import { type SmtpServer, startSmtp } from '../smtp.ts';
import { prose } from './dialect.ts';
import type { Entry } from './ledger.ts';

/** A real mail server, whose mails are entries as in a ledger: a mail's key is its Message-ID. */
export interface Mailbox extends AsyncDisposable {
  readonly port: number;
  taken(): readonly Entry[];
}

/** Starts one. */
export async function startMailbox(): Promise<Mailbox> {
  const server: SmtpServer = await startSmtp();
  return {
    port: server.port,
    taken: () => server.mails.map(entryOf),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function entryOf({ headers, parts }: SmtpServer['mails'][number]): Entry {
  const header = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const subject = header('subject') ?? '';
  const body = parts.map(({ text }) => text).join('\n');
  return {
    atMs: Date.now(),
    receiver: 'mail',
    url: '',
    key: header('message-id'),
    words: prose(subject),
    marked: /possible repeat/i.test(subject),
    body,
    answer: 250,
  };
}
