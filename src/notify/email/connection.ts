import { connect, type LookupFunction, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Clock } from '../../core/clock.ts';
import type { Secret } from '../../core/secret.ts';
import type { MailServer, StartTls } from './schema.ts';

/** How a server is reached. */
export interface MailAccess {
  readonly Connection: typeof SMTPConnection;
  readonly server: MailServer;
  readonly starttls: StartTls;
  readonly tls: ConnectionOptions;
  readonly auth: { readonly username: string; readonly password: Secret } | undefined;
  readonly lookup: LookupFunction;
  readonly clock: Clock;
}

/** A mail with those who get it, and where it comes from. */
export interface Handover {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/** What became of it: who was refused alone, or what went wrong for all. */
export type HandedOver =
  | { readonly ok: true; readonly refused: readonly { readonly address: string; readonly error: Error }[] }
  | { readonly ok: false; readonly error: unknown; readonly wasSent: boolean };

/** The server may take its time over a goodbye, but not for ever. */
const GOODBYE_MS = 2000;
/** Longer than an attempt may take; the attempt's own deadline comes first. */
const LONGEST_MS = 60_000;

/** Hands one mail in, over a connection of its own; ends when the signal aborts. `open` has the sockets that are not closed yet. */
export async function handOver(
  mail: Handover,
  access: MailAccess,
  signal: AbortSignal,
  open: Set<Socket>,
): Promise<HandedOver> {
  const { server, lookup } = access;
  const socket = connect({ host: server.host, port: server.port, lookup });
  open.add(socket);
  const progress: Progress = { wasSent: false, connection: undefined };
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  socket.on('error', failed.reject);
  socket.once('close', () => {
    open.delete(socket);
    // Later the conversation knows better why.
    if (progress.connection === undefined) failed.reject(closed());
  });
  const onAbort = () => failed.reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    await Promise.race([failed.promise, connected(socket)]);
    const refused = await Promise.race([failed.promise, converse(mail, access, socket, progress, failed.reject)]);
    return { ok: true, refused };
  } catch (error) {
    progress.connection?.close();
    socket.destroy();
    return { ok: false, error, wasSent: progress.wasSent };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const closed = () => Object.assign(new Error('closed'), { code: 'ECONNECTION' });

interface Progress {
  wasSent: boolean;
  connection: SMTPConnection | undefined;
}

const connected = (socket: Socket) => new Promise<void>((resolve) => socket.once('connect', () => resolve()));

async function converse(
  mail: Handover,
  access: MailAccess,
  socket: Socket,
  progress: Progress,
  fail: (error: unknown) => void,
) {
  const { server, starttls, tls, auth, clock } = access;
  const connection = new access.Connection({
    ...{ host: server.host, port: server.port, connection: socket, tls },
    secure: server.implicitTls,
    requireTLS: starttls === 'required' && !server.implicitTls,
    ignoreTLS: starttls === 'off',
    connectionTimeout: LONGEST_MS,
    greetingTimeout: LONGEST_MS,
    socketTimeout: LONGEST_MS,
  });
  progress.connection = connection;
  connection.on('error', fail);
  connection.once('end', () => fail(closed()));
  await step((done) => connection.connect(done));
  if (auth !== undefined) await logIn(connection, auth);
  const source = Readable.from([mail.raw], { objectMode: false });
  source.once('end', () => {
    progress.wasSent = true;
  });
  const { rejectedErrors } = await sent(connection, { from: mail.from, to: [...mail.to] }, source);
  const late = clock.after(GOODBYE_MS, () => socket.destroy());
  socket.once('close', () => late[Symbol.dispose]());
  connection.quit();
  return (rejectedErrors ?? []).map((error) => ({ address: error.recipient ?? '', error }));
}

async function logIn(connection: SMTPConnection, auth: NonNullable<MailAccess['auth']>): Promise<void> {
  if (!connection.allowsAuth) throw Object.assign(new Error('no AUTH'), { code: 'EAUTH' });
  const credentials = { user: auth.username, pass: auth.password.reveal() };
  await step((done) => connection.login({ credentials }, done));
}

const step = (act: (done: (error?: Error | null) => void) => void) =>
  new Promise<void>((resolve, reject) => act((error) => (error == null ? resolve() : reject(error))));

const sent = (connection: SMTPConnection, envelope: { from: string; to: string[] }, source: Readable) =>
  new Promise<Parameters<Parameters<SMTPConnection['send']>[2]>[1]>((resolve, reject) =>
    connection.send(envelope, source, (error, info) => (error === null ? resolve(info) : reject(error))),
  );
