import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { OutriderError } from '../../src/core/errors.ts';
import { startWeb, type Web } from '../../src/web/server.ts';
import type { View } from '../../src/web/view.ts';
import { bearer, keepingLog, targetView, viewOf, withTokens } from '../support/site.ts';

const start = (view: View = viewOf(), host = '127.0.0.1', log = keepingLog()): Promise<Web> =>
  startWeb({
    host,
    port: 0,
    view,
    log,
    clock: systemClock,
    auth: { read: 'public', tokens: [] },
    externalUrl: undefined,
  });

const urlOf = ({ port }: Web, path: string): string => `http://127.0.0.1:${port}${path}`;

/** Everything that the server sends on a raw connection until it closes it. */
async function raw(web: Web, text: string): Promise<string> {
  const socket: Socket = connect(web.port, '127.0.0.1');
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('the listener', () => {
  it('answers on the port that it says', async () => {
    await using web = await start();
    expect(web.address).toBe('127.0.0.1');
    expect(await (await fetch(urlOf(web, '/-/healthy'))).text()).toBe('Outrider is healthy.\n');
  });

  it.each(['', '0.0.0.0', '::', 'localhost', '::1'])('listens on %j', async (host) => {
    await using web = await start(viewOf(), host);
    const at = host === '::1' ? '[::1]' : host === 'localhost' ? 'localhost' : '127.0.0.1';
    expect((await fetch(`http://${at}:${web.port}/-/ready`)).status).toBe(200);
  });

  it.each([
    ['127.0.0.1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['', false],
  ])('on %j shows messages without a token: %s', async (host, shown) => {
    const target = targetView({ name: 'api', status: 'down', message: 'connection refused' });
    await using web = await start(viewOf({ targets: [target] }), host);
    const at = web.address === '::1' ? '[::1]' : '127.0.0.1';
    const page = await (await fetch(`http://${at}:${web.port}/`)).text();
    expect(page.includes('connection refused')).toBe(shown);
  });

  it('refuses a port that is taken, in a sentence', async () => {
    await using web = await start();
    const options = {
      host: '127.0.0.1',
      view: viewOf(),
      log: keepingLog(),
      clock: systemClock,
      externalUrl: undefined,
    };
    const second = startWeb({ ...options, port: web.port, auth: { read: 'public', tokens: [] } });
    await expect(second).rejects.toThrow(
      new OutriderError('listen_failed', `cannot listen on 127.0.0.1:${web.port}: another process listens there`),
    );
  });

  it('refuses an address that the machine does not have, in a sentence', async () => {
    await expect(start(viewOf(), '192.0.2.1')).rejects.toThrow(
      /^cannot listen on 192\.0\.2\.1:0: this machine does not have that address$/,
    );
  });

  it('takes new tokens without a new port', async () => {
    await using web = await start();
    const reload = () => fetch(urlOf(web, '/-/reload'), { method: 'POST', headers: bearer('admin') });
    expect((await reload()).status).toBe(403);
    web.update({ auth: withTokens('public', 'admin'), externalUrl: undefined });
    expect((await reload()).status).toBe(200);
  });

  it('counts wrong tokens by the address of the socket, whatever a header says', async () => {
    await using web = await start();
    web.update({ auth: withTokens('public', 'admin'), externalUrl: undefined });
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      const headers = { Authorization: 'Bearer otr_guess', 'X-Forwarded-For': `192.0.2.${guess}` };
      statuses.push((await fetch(urlOf(web, '/-/reload'), { method: 'POST', headers })).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });
});

describe('a broken request', () => {
  it.each([
    ['GET / HTTP/1.1\r\nHost: x\r\nX: {9000}\r\n\r\n', 431],
    ['GET /{5000} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 414],
    ['GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\n\r\n', 400],
    ['TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
    ['GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['GET \\ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['nonsense\r\n\r\n', 400],
  ])('%j is answered with %i and costs nothing else', async (text, status) => {
    const log = keepingLog();
    await using web = await start(viewOf(), '127.0.0.1', log);
    const filled = text.replace(/\{(\d+)\}/, (_, length) => 'a'.repeat(Number(length)));
    expect(await raw(web, filled)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await fetch(urlOf(web, '/-/healthy'))).status).toBe(200);
    expect(log.errors).toEqual([]);
  });
});

/** An exposition that waits in the middle until it is told to go on. */
function waiting() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const view = viewOf({
    async *metrics() {
      yield `# ${'a'.repeat(100_000)}\n`;
      begun.resolve();
      await promise;
      yield 'up 1\n';
    },
  });
  return { view, goOn: resolve, begun: begun.promise };
}

describe('closing', () => {
  it('ends idle keep-alive connections at once', async () => {
    const web = await start();
    const agent = new Agent({ keepAlive: true });
    const sent = request(urlOf(web, '/-/healthy'), { agent }).end();
    const [response] = await once(sent, 'response');
    response.resume();
    await once(response, 'end');
    const began = performance.now();
    await web.close();
    expect(performance.now() - began).toBeLessThan(900);
    agent.destroy();
  });

  it('lets an answer that is under way finish', async () => {
    const { view, goOn, begun } = waiting();
    const web = await start(view);
    const response = await fetch(urlOf(web, '/metrics'));
    const body = response.text();
    await begun;
    const closed = web.close();
    goOn();
    expect(await body).toMatch(/up 1\n$/);
    await closed;
  });

  it('cuts what does not end within a second, and may be asked twice', async () => {
    const { view, begun } = waiting();
    const web = await start(view);
    const response = await fetch(urlOf(web, '/metrics'));
    const body = response.text();
    await begun;
    const began = performance.now();
    await Promise.all([web.close(), web.close(), expect(body).rejects.toThrow()]);
    expect(performance.now() - began).toBeLessThan(3000);
    await expect(fetch(urlOf(web, '/-/healthy'))).rejects.toThrow();
  });
});

describe('an exposition over a port', () => {
  it('that breaks off ends in an error for the reader, not in half a page', async () => {
    const log = keepingLog();
    const view = viewOf({
      async *metrics() {
        yield `# ${'a'.repeat(200_000)}\n`;
        throw new Error('broken');
      },
    });
    await using web = await start(view, '127.0.0.1', log);
    await expect(
      fetch(urlOf(web, '/metrics'), { headers: { 'Accept-Encoding': 'identity' } }).then((response) => response.text()),
    ).rejects.toThrow();
    expect(log.errors).toEqual(['an exposition broke off']);
    expect((await fetch(urlOf(web, '/-/healthy'))).status).toBe(200);
  });

  it('whose reader stands still is not made in advance, and is let go with its reader', async () => {
    let made = 0;
    const ended = Promise.withResolvers<void>();
    const view = viewOf({
      async *metrics() {
        try {
          for (; made < 100_000; made += 1) yield `# ${'a'.repeat(1000)}\n`;
        } finally {
          ended.resolve();
        }
      },
    });
    await using web = await start(view);
    const socket = connect(web.port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    const before = await settled(() => made);
    expect(before).toBeLessThan(50_000);
    socket.destroy();
    await ended.promise;
  });
});

/** The value once it has not changed over 20 turns of the event loop that each took at least a millisecond. */
async function settled(value: () => number): Promise<number> {
  let last = value();
  for (let turns = 0; turns < 20; turns += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (value() !== last) turns = 0;
    last = value();
  }
  return last;
}

describe('connections', () => {
  it('are bounded, and come free again', async () => {
    await using web = await start();
    const sockets = Array.from({ length: 520 }, () => connect(web.port, '127.0.0.1').on('error', () => undefined));
    const refused = await Promise.race([...sockets.map(async (socket) => once(socket, 'close').then(() => true))]);
    expect(refused).toBe(true);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await fetch(urlOf(web, '/-/healthy')).catch(() => undefined))?.status).toBe(200);
  });
});

describe('a body on the wire', () => {
  const head = (more: string): string =>
    `POST /api/v1/deployments HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: ${
      bearer('write')['Authorization']
    }\r\n${more}\r\n\r\n`;
  const open = (log: ReturnType<typeof keepingLog>): Promise<Web> =>
    startWeb({
      host: '127.0.0.1',
      port: 0,
      view: viewOf(),
      log,
      clock: systemClock,
      auth: withTokens('public', 'write'),
      externalUrl: undefined,
    });

  it('of no announced length is cut off where it is too large', async () => {
    await using web = await open(keepingLog());
    const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    const answer = await raw(web, `${head('Transfer-Encoding: chunked')}${chunk.repeat(5)}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('that breaks off is nobody’s mistake here', async () => {
    const log = keepingLog();
    await using web = await open(log);
    const socket = connect(web.port, '127.0.0.1');
    socket.write(`${head('Content-Length: 100')}{"version"`, () => socket.resetAndDestroy());
    await once(socket, 'close');
    expect((await fetch(urlOf(web, '/-/healthy'))).status).toBe(200);
    expect(log.errors).toEqual([]);
  });

  it('comes whole in pieces', async () => {
    const log = keepingLog();
    await using web = await open(log);
    const pieces = ['{"ver', 'sion":', '"1.4.2"}'].map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
    expect(await raw(web, `${head('Transfer-Encoding: chunked')}${pieces.join('')}0\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 201 /,
    );
    expect(log.lines).toMatchObject([{ by: 'write', version: '1.4.2' }]);
  });
});
