import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Message, ReceiverEnvironment } from '../../src/notify/contract.ts';
import { email } from '../../src/notify/email/type.ts';
import { type Authority, makeAuthority } from '../support/certificates.ts';
import { ALERT, FIRING, NOW_MS, openPeerOf, send } from '../support/receiver.ts';
import { type ReceivedMail, type SmtpOptions, startSmtp } from '../support/smtp.ts';

const PASSWORD = 'canary-of-the-password';
const AUTH = { username: 'outrider', password: PASSWORD };
const KEY = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c';
const OTHER_KEY = '7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730';

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});
afterAll(() => authority?.[Symbol.asyncDispose]());

async function server(options?: SmtpOptions) {
  const started = await startSmtp(options);
  onTestFinished(() => started[Symbol.asyncDispose]());
  return started;
}

const open = (port: number, keys: Record<string, unknown> = {}, around: Partial<ReceiverEnvironment> = {}) =>
  openPeerOf(
    email,
    { smtp: `localhost:${port}`, from: 'Outrider <outrider@example.com>', to: 'ops@example.com', ...keys },
    { receiver: 'ops', externalUrl: 'https://outrider.example.com', ...around },
  );

const header = (mail: ReceivedMail | undefined, name: string): string | undefined =>
  mail?.headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];

describe('a mail that a real server took', () => {
  it('has headers, a plain part and an HTML part that say what fires', async () => {
    const smtp = await server();
    const peer = await open(smtp.port);
    const id = `<${KEY.slice(0, 40)}@example.com>`;
    expect(await send(peer)).toEqual({ ok: true, thread: id });
    const [mail] = await smtp.untilMails(1);
    expect(mail).toMatchObject({ from: 'outrider@example.com', to: ['ops@example.com'], encrypted: false, user: null });
    expect(Object.fromEntries(mail?.headers ?? [])).toMatchObject({
      From: 'Outrider <outrider@example.com>',
      To: 'ops@example.com',
      Subject: 'P1 database: Postgres database is down',
      'Message-ID': id,
      Date: 'Sat, 21 Nov 2026 03:00:00 +0000',
      'Auto-Submitted': 'auto-generated',
      Importance: 'high',
      'X-Priority': '1 (Highest)',
    });
    expect(mail?.parts.map(({ type, charset }) => [type, charset])).toEqual([
      ['text/plain', 'utf-8'],
      ['text/html', 'utf-8'],
    ]);
    for (const { text } of mail?.parts ?? []) {
      expect(text).toContain('connection refused by 127.0.0.1:5432');
      expect(text).toContain('https://outrider.example.com/targets/database');
    }
  });

  it('carries any letters, and a target’s words begin no header, no other mail and no markup', async () => {
    const smtp = await server();
    const peer = await open(smtp.port);
    const summary = 'Ünïcode 数据库 🚨 is down\r\nBcc: victim@example.com\r\n\r\n<script>x</script>\n.\nQUIT';
    const alert = { ...ALERT, annotations: { summary, description: summary } };
    expect(await send(peer, { changed: [{ status: 'firing', alert }] })).toMatchObject({ ok: true });
    const [mail] = await smtp.untilMails(1);
    expect(mail?.to).toEqual(['ops@example.com']);
    expect(header(mail, 'Bcc')).toBeUndefined();
    expect(header(mail, 'Subject')).toContain(
      'Ünïcode 数据库 🚨 is down Bcc: victim@example.com <script>x</script> . QUIT',
    );
    const [plain, html] = mail?.parts ?? [];
    expect(plain?.text.replaceAll('\r\n', '\n')).toContain(
      '数据库 🚨 is down\nBcc: victim@example.com\n\n<script>x</script>\n.\nQUIT',
    );
    expect(html?.text).not.toContain('<script');
    expect(html?.text).toContain('&lt;script&gt;x&lt;/script&gt;');
  });

  it('answers the first of its group; told again, it has the same id', async () => {
    const smtp = await server();
    const peer = await open(smtp.port);
    const first = await send(peer);
    const thread = first.ok ? first.thread : undefined;
    const over: Partial<Message> = {
      step: 'over',
      changed: [{ status: 'resolved', alert: ALERT, endsAtMs: NOW_MS }],
      key: OTHER_KEY,
      thread,
    };
    expect(await send(peer, over)).toEqual({ ok: true, thread });
    await send(peer, { ...over, isRepeat: true });
    const [began, ended, again] = await smtp.untilMails(3);
    expect(header(began, 'In-Reply-To')).toBeUndefined();
    expect([header(ended, 'In-Reply-To'), header(ended, 'References')]).toEqual([thread, thread]);
    expect(header(ended, 'Message-ID')).not.toBe(thread);
    expect(header(again, 'Message-ID')).toBe(header(ended, 'Message-ID'));
    expect(header(ended, 'Subject')).toBe('resolved after 1s: P1 database: Postgres database is down');
    expect(header(ended, 'Importance')).toBeUndefined();
    expect(header(again, 'Subject')).toMatch(/^\[possible repeat\] /);
  });

  it('lists everything, however much there is', async () => {
    const smtp = await server();
    const peer = await open(smtp.port);
    const changed = Array.from({ length: 2000 }, (_, index) => {
      const target = `target-${index}-end`;
      return { ...FIRING, alert: { ...ALERT, fingerprint: target, target } };
    });
    expect(await send(peer, { changed })).toMatchObject({ ok: true });
    const [mail] = await smtp.untilMails(1);
    for (const { text } of mail?.parts ?? [])
      expect(changed.filter(({ alert }) => !text.includes(alert.target))).toEqual([]);
  });
});

describe('the connection', () => {
  it('is encrypted by STARTTLS, and the user logs in', async () => {
    const smtp = await server({
      tls: await authority.issue({ names: ['DNS:localhost'] }),
      user: `outrider:${PASSWORD}`,
    });
    const peer = await open(smtp.port, { auth: AUTH, tls: { ca: authority.caFile }, starttls: 'required' });
    expect(await send(peer)).toMatchObject({ ok: true });
    expect(await smtp.untilMails(1)).toMatchObject([{ encrypted: true, user: 'outrider' }]);
  });

  it('is encrypted from the start where the server speaks TLS alone', async () => {
    const tls = await authority.issue({ names: ['DNS:localhost'] });
    const smtp = await server({ tls, implicitTls: true, user: `outrider:${PASSWORD}` });
    const peer = await open(smtp.port, {
      smtp: `smtps://localhost:${smtp.port}`,
      auth: AUTH,
      tls: { ca: authority.caFile },
    });
    expect(peer.name).toBe(`ops smtps://localhost:${smtp.port}`);
    expect(await send(peer)).toMatchObject({ ok: true });
    expect(await smtp.untilMails(1)).toMatchObject([{ encrypted: true, user: 'outrider' }]);
  });

  it('goes where Outrider’s own resolver says, and the certificate is that of the name', async () => {
    const smtp = await server({ tls: await authority.issue({ names: ['DNS:mail.example.com'] }) });
    const keys = { smtp: `mail.example.com:${smtp.port}`, tls: { ca: authority.caFile }, starttls: 'required' };
    expect(await send(await open(smtp.port, keys))).toMatchObject({ ok: true });
    expect(await smtp.untilMails(1)).toMatchObject([{ encrypted: true }]);
  });

  it.each([
    ['STARTTLS', false, 'signed by an unknown authority'],
    ['TLS from the start', true, 'signed by an unknown authority'],
  ])('by %s is not used where nobody vouches for the certificate', async (_, implicitTls, why) => {
    const smtp = await server({ tls: await authority.issue({ names: ['DNS:localhost'] }), implicitTls });
    const peer = await open(smtp.port, { smtp: `${implicitTls ? 'smtps' : 'smtp'}://localhost:${smtp.port}` });
    const delivery = await send(peer);
    expect(delivery).toMatchObject({ ok: false, retry: true, reason: 'network' });
    expect(delivery).toMatchObject({ message: expect.stringContaining(why) });
    expect(delivery).not.toHaveProperty('maybeTaken');
    expect(smtp.mails).toEqual([]);
  });

  it('is not used where the certificate is for another name', async () => {
    const smtp = await server({ tls: await authority.issue({ names: ['DNS:other.example.com'] }) });
    expect(await send(await open(smtp.port, { tls: { ca: authority.caFile } }))).toMatchObject({
      ok: false,
      retry: true,
      message: `the certificate of localhost:${smtp.port} is for another name`,
    });
  });

  it('is not used unencrypted where encryption is required', async () => {
    const smtp = await server();
    expect(await send(await open(smtp.port, { starttls: 'required' }))).toMatchObject({
      ok: false,
      message: `localhost:${smtp.port} offers no STARTTLS: it answered 454 TLS not available`,
    });
    expect(smtp.mails).toEqual([]);
  });

  it('is not used without a login where there is a user', async () => {
    const smtp = await server();
    expect(await send(await open(smtp.port, { auth: AUTH }))).toEqual({
      ok: false,
      retry: false,
      reason: 'auth',
      message: `localhost:${smtp.port} offers no way to log in`,
    });
  });
});

describe('what a server refuses', () => {
  it('a wrong password, which nobody gets to see', async () => {
    const smtp = await server({ user: 'outrider:another' });
    const delivery = await send(await open(smtp.port, { auth: AUTH }));
    expect(delivery).toEqual({
      ok: false,
      retry: false,
      reason: 'auth',
      message: 'answered 535 5.7.8 not with <secret>',
    });
    expect(smtp.mails).toEqual([]);
  });

  it('a mail without a login where one is needed', async () => {
    const smtp = await server({ user: 'outrider:another' });
    expect(await send(await open(smtp.port))).toMatchObject({ ok: false, retry: false, reason: 'auth' });
  });

  it.each<[string, object]>([
    ['refused', { retry: false, reason: 'client', message: 'answered 550 5.1.1 no such mailbox' }],
    ['spam', { retry: false, reason: 'client', message: 'answered 554 5.7.1 looks like spam' }],
    ['full', { retry: true, reason: 'server', message: 'answered 452 4.3.1 no space left' }],
  ])('%s', async (name, delivery) => {
    const smtp = await server();
    const answered = await send(await open(smtp.port, { to: `${name}@example.com` }));
    expect(answered).toEqual({ ok: false, ...delivery });
  });

  it('for now (450) is taken when it is told again', async () => {
    const smtp = await server();
    const peer = await open(smtp.port, { to: 'later@example.com' });
    expect(await send(peer)).toEqual({
      ok: false,
      retry: true,
      reason: 'server',
      message: 'answered 450 4.2.0 greylisted, come again',
    });
    expect(await send(peer)).toMatchObject({ ok: true });
    expect(smtp.mails.length).toBe(1);
  });

  it('for some is told again to them alone, and for good to nobody else’s harm', async () => {
    const smtp = await server();
    const said: unknown[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (fields: unknown) => said.push(fields) };
    const to = ['ops@example.com', 'later@example.com', 'refused@example.com'];
    const peer = await open(smtp.port, { to }, { log });
    expect(await send(peer)).toMatchObject({ ok: false, retry: true });
    expect(await send(peer)).toMatchObject({ ok: true });
    const mails = await smtp.untilMails(2);
    expect(mails.map((mail) => mail.to)).toEqual([['ops@example.com'], ['later@example.com']]);
    expect(new Set(mails.map((mail) => header(mail, 'Message-ID'))).size).toBe(1);
    expect(said).toEqual([
      { receiver: 'ops', address: 'refused@example.com', why: 'answered 550 5.1.1 no such mailbox' },
    ]);
  });
});

describe('an answer that is lost', () => {
  it('after the mail was handed over leaves open whether it was taken', async () => {
    const smtp = await server();
    expect(await send(await open(smtp.port, { to: 'vanish@example.com' }))).toMatchObject({
      ok: false,
      retry: true,
      reason: 'network',
      maybeTaken: true,
    });
    expect((await smtp.untilMails(1)).length).toBe(1);
  });

  it('because the server thinks too long leaves it open too', async () => {
    const smtp = await server();
    const peer = await open(smtp.port, { to: 'hang@example.com' });
    const abort = new AbortController();
    const delivery = send(peer, {}, abort.signal);
    await smtp.untilMails(1);
    abort.abort();
    expect(await delivery).toEqual({
      ok: false,
      retry: true,
      reason: 'timeout',
      message: `localhost:${smtp.port} did not answer in time`,
      maybeTaken: true,
    });
  });
});
