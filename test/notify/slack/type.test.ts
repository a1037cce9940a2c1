import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/alert.ts';
import type { Delivery, Peer } from '../../../src/notify/contract.ts';
import { slack } from '../../../src/notify/slack/type.ts';
import type { HttpServer } from '../../support/http-server.ts';
import { wrongBy } from '../../support/published-schema.ts';
import { ALERT, NOW_MS, OK, openPeerOf, send, serverOf } from '../../support/receiver.ts';

const AROUND = { receiver: 'core', externalUrl: 'https://outrider.example.com' };
const TOKEN = 'xoxb-canary-of-a-token';
const wrong = wrongBy('slack-message');
const ENDED: Notice = { status: 'resolved', alert: ALERT, endsAtMs: NOW_MS };

describe('with a webhook', () => {
  const open = (url: string, keys: object = {}): Promise<Peer> =>
    openPeerOf(slack, { webhook_url: `${url}/services/T0/B0/canarycanarycanary`, ...keys }, AROUND);

  it('every message is posted to it as a new one', async () => {
    const server = await serverOf((_, response) => response.end('ok'));
    const peer = await open(server.url);
    expect(await send(peer)).toEqual({ ok: true });
    expect(await send(peer, { step: 'over', changed: [ENDED], thread: 'C1:1.2' })).toEqual({ ok: true });
    expect(server.requests.map(({ method, url }) => [method, url])).toEqual([
      ['POST', '/services/T0/B0/canarycanarycanary'],
      ['POST', '/services/T0/B0/canarycanarycanary'],
    ]);
    for (const { body } of server.requests) expect(wrong(JSON.parse(body))).toEqual([]);
    expect(server.requests.map(({ body }) => JSON.parse(body).text)).toEqual([
      'P1 database: Postgres database is down',
      'resolved after 1s: P1 database: Postgres database is down',
    ]);
  });

  it('the channel is sent with it where there is one', async () => {
    const server = await serverOf(OK);
    await send(await open(server.url));
    await send(await open(server.url, { channel: '#core' }));
    expect(server.requests.map(({ body }) => JSON.parse(body).channel)).toEqual([undefined, '#core']);
  });

  it.each<[number, string, object]>([
    [400, 'invalid_payload', { retry: false, reason: 'client', message: 'Slack answered invalid_payload' }],
    [403, 'invalid_token', { retry: false, reason: 'auth', message: 'Slack answered invalid_token' }],
    [403, 'action_prohibited', { retry: false, reason: 'auth' }],
    [
      404,
      'no_service',
      { retry: false, reason: 'missing', message: 'Slack answered no_service: the webhook was removed' },
    ],
    [404, 'channel_not_found', { retry: false, reason: 'missing' }],
    [410, 'channel_is_archived', { retry: false, reason: 'missing' }],
    [429, 'rate_limited', { retry: true, reason: 'rate-limited', retryAfterMs: 30_000 }],
    [500, 'rollup_error', { retry: true, reason: 'server' }],
    [503, '<html>later</html>', { retry: true, reason: 'server', message: 'answered 503: <html>later</html>' }],
    [404, 'no /services/T0/B0/canarycanarycanary', { message: 'answered 404: no <secret>' }],
  ])('an answer %i %s', async (status, body, delivery) => {
    const server = await serverOf((_, response) => response.writeHead(status, { 'Retry-After': '30' }).end(body));
    expect(await send(await open(server.url))).toMatchObject({ ok: false, ...delivery });
  });

  it('it is called by the receiver’s name and its host, without its path', async () => {
    expect((await open('https://hooks.slack.com')).name).toBe('core https://hooks.slack.com');
  });
});

/** Slack's API: each answer in its turn, the last one again and again. */
async function slackOf(...answers: readonly (object | RequestListener)[]): Promise<HttpServer> {
  let turn = 0;
  return serverOf((request: IncomingMessage, response: ServerResponse) => {
    const answer = answers[Math.min(turn++, answers.length - 1)];
    if (typeof answer === 'function') (answer as RequestListener)(request, response);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
}
const POSTED = { ok: true, channel: 'C1', ts: '1700000000.000100', message: { text: 'x'.repeat(20_000) } };
const refused = (error: string) => ({ ok: false, error });
const THREAD = 'C1:1700000000.000100';

const openApp = (url: string, keys: object = {}): Promise<Peer> =>
  openPeerOf(slack, { token: TOKEN, channel: '#core', api_url: `${url}/api`, ...keys }, AROUND);

/** What was called, and what of it matters here. */
const callsOf = ({ requests }: HttpServer) =>
  requests.map(({ url, body }) => {
    const { channel, ts, thread_ts, reply_broadcast, text } = JSON.parse(body);
    return [url, { channel, ts, thread_ts, reply_broadcast, text }] as const;
  });

describe('with a token', () => {
  it('a trouble begins with a message in the channel, whose place is kept', async () => {
    const server = await slackOf(POSTED);
    expect(await send(await openApp(server.url))).toEqual({ ok: true, thread: THREAD });
    expect(callsOf(server)).toEqual([
      ['/api/chat.postMessage', { channel: '#core', text: 'P1 database: Postgres database is down' }],
    ]);
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json; charset=utf-8',
    });
    expect(wrong(JSON.parse(request?.body ?? ''))).toEqual([]);
  });

  it('each change updates that message to how it stands now, and is a reply to it', async () => {
    const server = await slackOf(POSTED);
    const peer = await openApp(server.url, { mention: { P1: '<!here>' } });
    const other = { ...ALERT, target: 'api', fingerprint: 'api' };
    const changed = [{ status: 'firing' as const, alert: other }];
    const message = { step: 'more' as const, changed, standing: [ALERT], thread: THREAD, isRepeat: true };
    expect(await send(peer, message)).toEqual({ ok: true, thread: THREAD });
    const place = { channel: 'C1', ts: '1700000000.000100' };
    expect(callsOf(server)).toEqual([
      ['/api/chat.update', { ...place, text: 'P1 api: Postgres database is down, 1 more alert' }],
      [
        '/api/chat.postMessage',
        {
          channel: 'C1',
          thread_ts: place.ts,
          reply_broadcast: true,
          text: '[possible repeat] P1 api: Postgres database is down, 1 more alert (new: api)',
        },
      ],
    ]);
    expect(server.requests.map(({ body }) => body.includes('<!here>'))).toEqual([false, true]);
    for (const { body } of server.requests) expect(wrong(JSON.parse(body))).toEqual([]);
  });

  it.each([
    ['more', true],
    ['reminder', true],
    ['fewer', undefined],
    ['over', undefined],
  ] as const)('a reply for the step %s is shown in the channel too: %s', async (step, isShown) => {
    const server = await slackOf(POSTED);
    const changed: readonly Notice[] = step === 'over' ? [ENDED] : [{ status: 'firing', alert: ALERT }];
    await send(await openApp(server.url), { step, changed, thread: THREAD });
    expect(callsOf(server).map(([, { reply_broadcast }]) => reply_broadcast)).toEqual([undefined, isShown]);
  });

  it('a change of a trouble whose place is not known begins a thread', async () => {
    const server = await slackOf(POSTED);
    expect(await send(await openApp(server.url), { step: 'more' })).toEqual({ ok: true, thread: THREAD });
    expect(callsOf(server).map(([url]) => url)).toEqual(['/api/chat.postMessage']);
  });

  it('the same trouble that begins again has a message of its own', async () => {
    const server = await slackOf({ ...POSTED, ts: '1800000000.000100' });
    expect(await send(await openApp(server.url), { thread: THREAD })).toEqual({
      ok: true,
      thread: 'C1:1800000000.000100',
    });
    expect(callsOf(server).map(([url]) => url)).toEqual(['/api/chat.postMessage']);
  });

  it.each(['message_not_found', 'channel_not_found', 'is_archived'])(
    'a first message that is gone (%s) is posted anew in the channel',
    async (error) => {
      const server = await slackOf(refused(error), { ...POSTED, channel: 'C2' });
      const delivery = await send(await openApp(server.url), { step: 'more', thread: THREAD });
      expect(delivery).toEqual({ ok: true, thread: 'C2:1700000000.000100' });
      expect(callsOf(server)).toMatchObject([
        ['/api/chat.update', { channel: 'C1' }],
        ['/api/chat.postMessage', { channel: '#core' }],
      ]);
      expect(server.requests[1]?.body).not.toContain('thread_ts');
    },
  );

  it.each(['edit_window_closed', 'cant_update_message'])(
    'a first message that may not be changed any more (%s) stays, and the reply is shown in the channel',
    async (error) => {
      const server = await slackOf(refused(error), POSTED);
      const message = { step: 'over' as const, changed: [ENDED], thread: THREAD };
      expect(await send(await openApp(server.url), message)).toEqual({ ok: true, thread: THREAD });
      expect(callsOf(server)[1]).toMatchObject([
        '/api/chat.postMessage',
        { thread_ts: '1700000000.000100', reply_broadcast: true },
      ]);
    },
  );

  it('a reply that failed is told again whole: the same update does no harm', async () => {
    const server = await slackOf(POSTED, refused('internal_error'), POSTED, POSTED);
    const peer = await openApp(server.url);
    const message = { step: 'more' as const, thread: THREAD };
    expect(await send(peer, message)).toMatchObject({ ok: false, retry: true, reason: 'server', maybeTaken: true });
    expect(await send(peer, message)).toEqual({ ok: true, thread: THREAD });
    expect(callsOf(server)[2]).toEqual(callsOf(server)[0]);
  });

  it('an update that failed is not followed by a reply', async () => {
    const server = await slackOf(refused('service_unavailable'));
    expect(await send(await openApp(server.url), { step: 'more', thread: THREAD })).toMatchObject({ retry: true });
    expect(server.requests.length).toBe(1);
  });

  it('it is called by the receiver’s name and its host', async () => {
    const peer = await openPeerOf(slack, { token: TOKEN, channel: 'C1' }, AROUND);
    expect(peer.name).toBe('core https://slack.com');
  });
});

describe('what Slack’s API refuses with 200', () => {
  it.each<[string, Partial<Delivery>]>([
    ['invalid_auth', { retry: false, reason: 'auth', message: 'Slack answered invalid_auth: the token is wrong' }],
    ['account_inactive', { retry: false, reason: 'auth' }],
    ['token_revoked', { retry: false, reason: 'auth' }],
    [
      'missing_scope',
      { retry: false, reason: 'auth', message: 'Slack answered missing_scope: the app needs the scope chat:write' },
    ],
    [
      'not_in_channel',
      { retry: false, reason: 'missing', message: 'Slack answered not_in_channel: invite the app into the channel' },
    ],
    ['channel_not_found', { retry: false, reason: 'missing' }],
    ['is_archived', { retry: false, reason: 'missing' }],
    ['invalid_blocks', { retry: false, reason: 'client', message: 'Slack answered invalid_blocks' }],
    ['ratelimited', { retry: true, reason: 'rate-limited', retryAfterMs: 7000 }],
    ['service_unavailable', { retry: true, reason: 'server' }],
    ['fatal_error', { retry: true, reason: 'server', maybeTaken: true }],
  ])('%s', async (error, delivery) => {
    const server = await slackOf((_, response) => {
      response.writeHead(200, { 'Retry-After': '7' }).end(JSON.stringify(refused(error)));
    });
    expect(await send(await openApp(server.url))).toMatchObject({ ok: false, ...delivery });
  });

  it('429 is waited for as long as it says', async () => {
    const server = await slackOf((_, response) => {
      response.writeHead(429, { 'Retry-After': '30' }).end(JSON.stringify(refused('ratelimited')));
    });
    expect(await send(await openApp(server.url))).toEqual({
      ...{ ok: false, retry: true, reason: 'rate-limited', retryAfterMs: 30_000 },
      message: 'answered 429: ratelimited',
    });
  });

  it('an answer that is not Slack’s may be told again', async () => {
    const server = await slackOf((_, response) => response.end(`<h1>Proxy</h1> ${TOKEN}`));
    expect(await send(await openApp(server.url))).toEqual({
      ...{ ok: false, retry: true, reason: 'server', maybeTaken: true },
      message: 'the answer is not Slack’s: is api_url right?',
    });
  });

  it('what is no code of Slack’s is shown as any answer, without the token', async () => {
    const server = await slackOf((_, response) => {
      response.writeHead(502).end(JSON.stringify({ ok: false, error: `not a code: ${TOKEN}` }));
    });
    const delivery = await send(await openApp(server.url));
    expect(delivery).toMatchObject({ ok: false, retry: true, reason: 'server' });
    expect(JSON.stringify(delivery)).not.toContain('canary');
  });
});

describe('the settings of Slack', () => {
  const hook = 'https://hooks.slack.com/services/T0/B0/x';
  it.each<[string, object, string]>([
    ['neither webhook nor token', {}, 'expected one of webhook_url and token'],
    ['both', { webhook_url: hook, token: 'x', channel: 'C1' }, 'expected one of webhook_url and token'],
    ['a token alone', { token: 'x' }, 'expected a channel: with a token there is no other way to know it'],
    ['an empty token', { token: '', channel: 'C1' }, 'expected a token that is not empty'],
    [
      'a mention that is none',
      { webhook_url: hook, mention: { P0: '@here' } },
      'expected mentions such as <!here>, <@U123> or <!subteam^S123>',
    ],
  ])('%s is a mistake', (_, keys, message) => {
    const { error } = slack.schema.safeParse({ type: 'slack', ...keys });
    expect(error?.issues.map((issue) => issue.message)).toContain(message);
  });

  it('with a webhook and the name of its channel are good', () => {
    expect(slack.schema.safeParse({ type: 'slack', webhook_url: hook, channel: '#core' }).success).toBe(true);
  });
});
