import { describe, expect, it } from 'vitest';
import { msteams } from '../../../src/notify/msteams/type.ts';
import { openPeerOf, send, serverOf } from '../../support/receiver.ts';

const PATH = '/workflows/canary-of-a-workflow/triggers/manual/paths/invoke?api-version=1&sig=canary-of-a-signature';
const open = (url: string) => openPeerOf(msteams, { webhook_url: `${url}${PATH}` }, { receiver: 'core' });

describe('a message to a workflow of Teams', () => {
  it('is posted to the very URL', async () => {
    const server = await serverOf((_, response) => response.writeHead(202).end());
    expect(await send(await open(server.url))).toEqual({ ok: true });
    expect(server.requests.map(({ method, url, headers }) => [method, url, headers['content-type']])).toEqual([
      ['POST', PATH, 'application/json'],
    ]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      type: 'message',
      attachments: [{ content: { fallbackText: 'P1 database: Postgres database is down' } }],
    });
  });

  it.each<[number, object]>([
    [200, { ok: true }],
    [202, { ok: true }],
    [400, { retry: false, reason: 'client' }],
    [401, { retry: false, reason: 'auth' }],
    [404, { retry: false, reason: 'missing' }],
    [413, { retry: false, reason: 'client' }],
    [429, { retry: true, reason: 'rate-limited', retryAfterMs: 7000 }],
    [502, { retry: true, reason: 'server' }],
  ])('that is answered %i', async (status, expected) => {
    const server = await serverOf((_, response) => response.writeHead(status, { 'Retry-After': '7' }).end());
    expect(await send(await open(server.url))).toMatchObject(expected);
  });

  it('shows its signature nowhere', async () => {
    const server = await serverOf((request, response) => response.writeHead(404).end(`no ${request.url}`));
    const peer = await open(server.url);
    expect(peer.name).toBe(`core ${server.url}`);
    expect(await send(peer)).toMatchObject({ message: 'answered 404: no <secret>' });
  });
});
