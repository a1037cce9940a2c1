import type { Socket } from 'node:net';
import { scrubber } from '../../core/secret.ts';
import type { Delivery, ReceiverType } from '../contract.ts';
import { lookupOf } from '../http/lookup.ts';
import { tlsOptions } from '../http/poster.ts';
import { scrubbed } from '../http/scrub.ts';
import { PEOPLE } from '../manner.ts';
import { handOver, type MailAccess } from './connection.ts';
import { toMailFailure } from './failure.ts';
import { mailOf } from './mail.ts';
import { openRecipients } from './recipients.ts';
import { bareAddress, schema, startTlsOf } from './schema.ts';

/** Mail over SMTP: one message for all recipients, in a thread of its group. */
export const email: ReceiverType<typeof schema> = {
  type: 'email',
  schema,
  manner: { ...PEOPLE, batch: 10_000 },
  async open(settings, environment) {
    const { smtp, auth } = settings;
    const { clock, receiver, log } = environment;
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    const { default: Composer } = await import('nodemailer/lib/mail-composer');
    const tls = await tlsOptions(settings.tls, environment);
    const starttls = startTlsOf(settings);
    const access: MailAccess = { Connection, server: smtp, starttls, tls, auth, lookup: lookupOf(environment), clock };
    const host = smtp.host.includes(':') ? `[${smtp.host}]` : smtp.host;
    const peer = `${host}:${smtp.port}`;
    const name = `${receiver} ${smtp.implicitTls ? 'smtps' : 'smtp'}://${peer}`;
    const recipients = openRecipients([settings.to].flat().map(bareAddress));
    const scrub = scrubber(auth === undefined ? [] : [auth.password.reveal()]);
    const open = new Set<Socket>();
    return [
      {
        name,
        async send(message, { nowMs, signal }): Promise<Delivery> {
          const mail = await mailOf(Composer, message, settings, environment, nowMs);
          const handover = { from: bareAddress(settings.from), to: recipients.left(message.key), raw: mail.raw };
          const done = await handOver(handover, access, signal, open);
          if (!done.ok) return scrubbed(toMailFailure({ ...done, peer, isAborted: signal.aborted }), scrub);
          const refused = done.refused.map(({ address, error }) => ({
            address,
            failure: scrubbed(toMailFailure({ error, peer, wasSent: false, isAborted: false }), scrub),
          }));
          const verdict = recipients.settle(message.key, refused);
          for (const { address, why } of verdict.givenUp)
            log.warn({ receiver, address, why }, 'a recipient is refused mail');
          return verdict.again ?? { ok: true, thread: mail.thread };
        },
        async [Symbol.asyncDispose]() {
          for (const socket of open) socket.destroy();
        },
      },
    ];
  },
};
