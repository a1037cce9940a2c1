import { describe, expect, it } from 'vitest';
import { loadText } from '../support/config-folder.ts';
import type { Received } from '../support/http-server.ts';
import { OK, serverOf } from '../support/receiver.ts';
import { type Typed, type } from './terminal.ts';

const configOf = (notify: string): string =>
  `service: shop\nlabels: { team: core }\ntargets: []\nnotify:\n  ${notify}\n`;
const test = (notify: string, ...args: readonly string[]): Promise<Typed> =>
  type(['notify', 'test', ...args], {}, { load: () => loadText(configOf(notify)) });
const bodies = (requests: readonly Received[]) => requests.map(({ body }) => JSON.parse(body) as unknown);

describe('a test message', () => {
  it('reaches a webhook, is known as a test, and ends', async () => {
    const server = await serverOf(OK);
    const typed = await test(`ops: { type: webhook, url: "${server.url}/token-in-path" }`, 'ops');
    expect(typed).toMatchObject({ code: 0, err: '' });
    expect(typed.out).toMatch(/^ops http:\/\/127\.0\.0\.1:\d+: delivered in \d+ ms\n$/);
    const labels = { alertname: 'OutriderTest', service: 'shop', severity: 'P3', team: 'core' };
    const annotations = { summary: 'This is a test: Outrider reaches ops' };
    expect(bodies(server.requests)).toMatchObject([
      { status: 'firing', receiver: 'ops', alerts: [{ status: 'firing', labels, annotations }] },
      { status: 'resolved', alerts: [{ status: 'resolved', labels }] },
    ]);
  });

  it('reaches every Alertmanager, and ends', async () => {
    const servers = [await serverOf(OK), await serverOf((_, response) => response.writeHead(503).end('no quorum'))];
    const urls = servers.map(({ url }) => `"${url}"`).join(', ');
    const typed = await test(`alertmanager: { urls: [${urls}] }`, 'alertmanager');
    expect(typed.code).toBe(1);
    expect(typed.out.split('\n')).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+: delivered in \d+ ms$/),
      `${servers[1]?.url}: failed: answered 503: no quorum`,
      '',
    ]);
    const [firing, ended] = bodies(servers[0]?.requests ?? []).map((body) => (body as { endsAt: string }[])[0]?.endsAt);
    expect(Date.parse(firing ?? '')).toBeGreaterThan(Date.parse(ended ?? ''));
    expect(servers[1]?.requests.length).toBe(1);
  });

  it('that is taken while its end is not has failed', async () => {
    const server = await serverOf((_, response) => response.writeHead(server.requests.length === 1 ? 200 : 404).end());
    const typed = await test(`ops: { type: webhook, url: "${server.url}" }`, 'ops');
    expect(typed).toMatchObject({
      code: 1,
      out: `ops ${server.url}: refused: it was taken, but not its end: answered 404\n`,
    });
  });

  it('is another each time, so that nobody takes it for the last one', async () => {
    const server = await serverOf(OK);
    for (const _ of [1, 2]) await test(`ops: { type: webhook, url: "${server.url}" }`, 'ops');
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(4);
  });

  it('is told as JSON where that is asked for', async () => {
    const server = await serverOf((_, response) => response.writeHead(404).end('no_service'));
    const { code, out } = await test(`ops: { type: webhook, url: "${server.url}" }`, 'ops', '--json');
    expect([code, JSON.parse(out)]).toEqual([
      1,
      [
        {
          peer: `ops ${server.url}`,
          delivered: false,
          tookMs: expect.any(Number),
          ...{ reason: 'missing', message: 'answered 404: no_service', final: true },
        },
      ],
    ]);
  });

  it('shows no secret that a server repeats', async () => {
    const server = await serverOf((request, response) => response.writeHead(500).end(request.headers.authorization));
    const notify = `ops: { type: webhook, url: "${server.url}", auth: { bearer: canary-of-a-token } }`;
    expect((await test(notify, 'ops')).out).toBe(`ops ${server.url}: failed: answered 500: Bearer <secret>\n`);
  });
});

describe('a receiver that cannot be tried', () => {
  const notify = 'ops: { type: webhook, url: "http://127.0.0.1:1/" }';
  it.each<[string, string, string, number, string]>([
    ['is not there', notify, 'opps', 2, 'error: outrider.yml has no receiver "opps"; did you mean "ops"?\n'],
    [
      'is not there, nor one like it',
      notify,
      'telephone',
      2,
      'error: outrider.yml has no receiver "telephone"; it has ops\n',
    ],
    ['is not there, nor any', '{}', 'ops', 2, 'error: outrider.yml has no receiver "ops"; it has none\n'],
    [
      'has no CA file',
      'ops: { type: webhook, url: "https://127.0.0.1:1/", tls: { ca: /nowhere.pem } }',
      'ops',
      1,
      'nowhere.pem',
    ],
  ])('%s', async (_, written, name, code, said) => {
    const typed = await test(written, name, '-c', 'outrider.yml');
    expect(typed).toMatchObject({ code, out: '' });
    expect(typed.err).toContain(said);
  });

  it('nobody answers', async () => {
    expect(await test(notify, 'ops')).toMatchObject({
      code: 1,
      out: 'ops http://127.0.0.1:1: failed: connection refused by 127.0.0.1:1\n',
    });
  });

  it('stands in a config with a mistake', async () => {
    const typed = await test('ops: { type: webhook }', 'ops');
    expect(typed).toMatchObject({ code: 1, out: '' });
    expect(typed.err).toContain('notify.ops.url');
  });

  it('has no name', async () => {
    expect((await test(notify)).code).toBe(2);
  });
});

it.each([
  [['-c', 'a.yml', 'notify', 'test', 'ops'], ['a.yml']],
  [
    ['notify', '-c', 'a.yml', 'test', 'ops', '-c', 'b.yml'],
    ['a.yml', 'b.yml'],
  ],
])('%j reads %j', async (args, files) => {
  const read: (readonly string[])[] = [];
  const load = (each: readonly string[]) => {
    read.push(each);
    return loadText(configOf('{}'));
  };
  await type(args, {}, { load });
  expect(read).toEqual([files]);
});
