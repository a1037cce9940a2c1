import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../demo/service/port.ts';
import { openRecipients } from '../../../src/notify/email/recipients.ts';
import { schema, startTlsOf } from '../../../src/notify/email/schema.ts';
import { email } from '../../../src/notify/email/type.ts';
import { openPeerOf, send } from '../../support/receiver.ts';

describe('the server', () => {
  const parsed = (smtp: string, more: Record<string, unknown> = {}) =>
    schema.parse({ type: 'email', smtp, from: 'a@example.com', to: 'b@example.com', ...more });

  it.each([
    ['mail.example.com:25', 'mail.example.com', 25, false],
    ['mail.example.com', 'mail.example.com', 587, false],
    ['smtp://Mail.Example.com', 'mail.example.com', 587, false],
    ['smtps://mail.example.com', 'mail.example.com', 465, true],
    ['mail.example.com:465', 'mail.example.com', 465, true],
    ['[::1]:2525', '::1', 2525, false],
  ])('%s', (written, host, port, implicitTls) => {
    expect(parsed(written).smtp).toEqual({ host, port, implicitTls });
  });

  it.each([
    ['mail.example.com', true, 'required'],
    ['mail.example.com', false, 'opportunistic'],
    ['localhost', true, 'opportunistic'],
    ['127.0.0.1:2525', true, 'opportunistic'],
    ['127.example.com', true, 'required'],
  ])('%s, a password: %s, must be encrypted: %s', (smtp, hasAuth, expected) => {
    const auth = hasAuth ? { auth: { username: 'a', password: 'b' } } : {};
    expect(startTlsOf(parsed(smtp, auth))).toBe(expected);
  });
});

describe('recipients who must wait', () => {
  const later = {
    address: 'b',
    failure: { ok: false, retry: true, reason: 'server', message: 'answered 450' },
  } as const;

  it('are remembered by the message, and forgotten when they have it', () => {
    const recipients = openRecipients(['a', 'b']);
    expect(recipients.settle('one', [later]).again).toEqual({ ...later.failure, message: 'answered 450 (for b)' });
    expect([recipients.left('one'), recipients.left('two')]).toEqual([['b'], ['a', 'b']]);
    expect(recipients.settle('one', []).again).toBeUndefined();
    expect(recipients.left('one')).toEqual(['a', 'b']);
  });

  it('of very old messages are forgotten', () => {
    const recipients = openRecipients(['a', 'b']);
    for (let index = 0; index <= 100; index++) recipients.settle(`${index}`, [later]);
    expect([recipients.left('0'), recipients.left('100')]).toEqual([['a', 'b'], ['b']]);
  });
});

describe('a server that', () => {
  async function listening(act: (socket: Socket) => void) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
      socket.resume();
      act(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return { port: (server.address() as AddressInfo).port, sockets };
  }
  const openAt = (port: number, keys: Record<string, unknown> = {}) =>
    openPeerOf(email, { smtp: `127.0.0.1:${port}`, from: 'a@example.com', to: 'b@example.com', ...keys });

  it('is not there is tried again', async () => {
    const port = await freePort();
    expect(await send(await openAt(port))).toEqual({
      ok: false,
      retry: true,
      reason: 'network',
      message: `connection refused by 127.0.0.1:${port}`,
    });
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['hangs up at once', (socket) => socket.end(), 'closed the connection'],
    ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'does not speak SMTP'],
    ['resets the connection', (socket) => socket.resetAndDestroy(), ''],
  ])('%s is tried again', async (_, act, why) => {
    const { port } = await listening(act);
    const delivery = await send(await openAt(port));
    expect(delivery).toMatchObject({ ok: false, retry: true, reason: 'network' });
    expect(delivery).toMatchObject({ message: expect.stringContaining(why) });
    expect(delivery).not.toHaveProperty('maybeTaken');
  });

  it.each([
    ['421 4.3.2 going down\r\n', true, 'server'],
    ['554 5.3.2 no service here\r\n', false, 'client'],
  ])('greets with %s', async (greeting, retry, reason) => {
    const { port } = await listening((socket) => socket.write(greeting));
    expect(await send(await openAt(port))).toMatchObject({ ok: false, retry, reason });
  });

  it.each(['smtp', 'smtps'])(
    'says nothing (%s) is let go of within 50 ms of the abort',
    { retry: 2 },
    async (scheme) => {
      const { port, sockets } = await listening(() => undefined);
      const peer = await openAt(port, { smtp: `${scheme}://127.0.0.1:${port}` });
      const abort = new AbortController();
      const delivery = send(peer, {}, abort.signal);
      await expect.poll(() => sockets.size).toBe(1);
      const begun = performance.now();
      abort.abort();
      expect(await delivery).toEqual({
        ok: false,
        retry: true,
        reason: 'timeout',
        message: `127.0.0.1:${port} did not answer in time`,
      });
      expect(performance.now() - begun).toBeLessThan(50);
      await expect.poll(() => sockets.size).toBe(0);
    },
  );

  it('says nothing leaves no timer and no socket behind', async () => {
    const { port } = await listening(() => undefined);
    const peer = await openAt(port);
    await send(peer, {}, AbortSignal.abort());
    const counted = () => process.getActiveResourcesInfo().filter((each) => /Timeout|TCPSocketWrap/.test(each)).length;
    const before = counted();
    for (let index = 0; index < 30; index++) {
      const abort = new AbortController();
      const delivery = send(peer, {}, abort.signal);
      setImmediate(() => abort.abort());
      await delivery;
    }
    await expect.poll(() => counted() - before).toBeLessThan(10);
  });

  it('says nothing is let go of when its receiver is closed, which may be closed twice', async () => {
    const { port, sockets } = await listening(() => undefined);
    const peer = await openAt(port);
    const delivery = send(peer);
    await expect.poll(() => sockets.size).toBe(1);
    await peer[Symbol.asyncDispose]();
    expect(await delivery).toMatchObject({ ok: false, retry: true, reason: 'network' });
    await peer[Symbol.asyncDispose]();
  });

  it('a name without an address is said by the resolver’s words', async () => {
    const lookUp = async () => ({ ok: false, message: 'mail.example.com has no address' }) as const;
    const settings = { smtp: 'mail.example.com', from: 'a@example.com', to: 'b@example.com' };
    expect(await send(await openPeerOf(email, settings, { lookUp }))).toMatchObject({
      ok: false,
      retry: true,
      message: 'mail.example.com has no address',
    });
  });
});
