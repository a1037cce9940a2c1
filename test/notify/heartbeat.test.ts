import type { RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { openHeartbeat } from '../../src/notify/heartbeat.ts';
import { environment, OK, send, serverOf } from '../support/receiver.ts';

const TOKEN = '0123456789abcdef';

async function heartbeatTo(url: string) {
  const heart = await openHeartbeat(new Secret(url), environment());
  onTestFinished(async () => heart[Symbol.asyncDispose]());
  return heart;
}

/** What one beat at a server that answers so comes to. */
async function beatAt(answer: RequestListener) {
  const server = await serverOf(answer);
  return { server, delivery: await send(await heartbeatTo(`${server.url}/ping/${TOKEN}?status=up`)) };
}

describe('a heartbeat', () => {
  it('is a GET of the URL as it is written', async () => {
    const { server, delivery } = await beatAt(OK);
    expect(delivery).toEqual({ ok: true });
    expect(server.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', `/ping/${TOKEN}?status=up`, ''],
    ]);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('has the user of the URL', async () => {
    const server = await serverOf(OK);
    await send(await heartbeatTo(server.url.replace('//', '//me:p%40ss@')));
    const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/', basic]]);
  });

  it.each([301, 404, 429, 500])('that is answered %d failed, and nothing of the URL is said', async (status) => {
    const { delivery } = await beatAt((request, response) =>
      response.writeHead(status, { Location: '/elsewhere' }).end(`nothing at ${request.url}`),
    );
    expect(delivery).toMatchObject({ ok: false, message: `answered ${status}` });
  });

  it('that nobody takes failed, and nothing of the URL is said', async () => {
    const server = await serverOf(OK);
    const heart = await heartbeatTo(`http://me:${TOKEN}@127.0.0.1:${server.port}/${TOKEN}`);
    await server[Symbol.asyncDispose]();
    const delivery = await send(heart);
    expect(delivery).toMatchObject({ ok: false, message: `connection refused by 127.0.0.1:${server.port}` });
  });

  it('ends when it is told to', async () => {
    const server = await serverOf(() => {});
    const abort = new AbortController();
    const sent = send(await heartbeatTo(server.url), {}, abort.signal);
    abort.abort();
    expect(await sent).toMatchObject({ ok: false, reason: 'network' });
  });
});
