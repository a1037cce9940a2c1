import { describe, expect, it } from 'vitest';
import { discord } from '../../../src/notify/discord/type.ts';
import { OK, openPeerOf, send, serverOf } from '../../support/receiver.ts';

const PATH = '/api/webhooks/123456789012345678/canary-in-path-of-the-webhook';
const open = (url: string) => openPeerOf(discord, { webhook_url: `${url}${PATH}` }, { receiver: 'core' });

describe('a message to a webhook of Discord', () => {
  it('is posted, and waits for Discord to have kept it', async () => {
    const server = await serverOf((_, response) => response.end('{"id":"1"}'));
    expect(await send(await open(server.url))).toEqual({ ok: true });
    expect(server.requests.map(({ method, url, headers }) => [method, url, headers['content-type']])).toEqual([
      ['POST', `${PATH}?wait=true`, 'application/json'],
    ]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      content: '**P1 database: Postgres database is down**',
      allowed_mentions: { parse: [] },
    });
  });

  it('goes to the thread that the URL names', async () => {
    const server = await serverOf(OK);
    const peer = await openPeerOf(discord, { webhook_url: `${server.url}${PATH}?thread_id=42` });
    await send(peer);
    expect(server.requests[0]?.url).toBe(`${PATH}?thread_id=42&wait=true`);
  });

  it.each<[number, string, object]>([
    [200, '{"id":"1"}', { ok: true }],
    [204, '', { ok: true }],
    [400, '{"message":"Invalid Form Body","code":50035}', { retry: false, reason: 'client' }],
    [401, '{"message":"Invalid Webhook Token","code":50027}', { retry: false, reason: 'auth' }],
    [403, '', { retry: false, reason: 'auth' }],
    [404, '{"message":"Unknown Webhook","code":10015}', { retry: false, reason: 'missing' }],
    [502, '', { retry: true, reason: 'server' }],
    [429, '{"retry_after":0.3,"global":false}', { retry: true, reason: 'rate-limited', retryAfterMs: 300 }],
    [429, '{"retry_after":1e9}', { retry: true, retryAfterMs: 3_600_000 }],
    [429, '<html>', { retry: true, retryAfterMs: 7000 }],
    [429, '{"retry_after":"soon"}', { retry: true, retryAfterMs: 7000 }],
  ])('that is answered %i %s', async (status, body, expected) => {
    const server = await serverOf((_, response) => response.writeHead(status, { 'Retry-After': '7' }).end(body));
    expect(await send(await open(server.url))).toMatchObject(expected);
  });

  it('that nobody takes is told again', async () => {
    expect(await send(await open('http://127.0.0.1:1'))).toEqual({
      ok: false,
      retry: true,
      reason: 'network',
      message: 'connection refused by 127.0.0.1:1',
    });
  });

  it('shows its token nowhere', async () => {
    const server = await serverOf((request, response) => response.writeHead(404).end(`no ${request.url}`));
    const peer = await open(server.url);
    expect(peer.name).toBe(`core ${server.url}`);
    expect(await send(peer)).toMatchObject({ message: 'answered 404: no <secret>' });
  });
});
