import { describe, expect, it } from 'vitest';
import { freePort } from '../../demo/service/port.ts';
import { startHttpServer } from '../support/http-server.ts';
import { targetView, tokenFor, viewOf } from '../support/site.ts';
import { type } from './terminal.ts';
import { watch } from './watched.ts';

const READS = [['status'], ['alerts'], ['silence', 'list']];
const WRITES = [
  ['silence', 'add', 'a=b'],
  ['silence', 'expire', 'x'],
  ['deploy', '1'],
];
const ELSEWHERE = 'is the daemon running? --url or OUTRIDER_URL says where (unreachable)';

describe.each([...READS, ...WRITES])('outrider %s %s', (...words) => {
  const command = words.filter((word) => word !== undefined);

  it('says where nobody answers, and what to do', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await type([...command, '--url', url])).toMatchObject({
      code: 1,
      out: '',
      err: `error: ${url}: connection refused; ${ELSEWHERE}\n`,
    });
  });

  it('says when what answers is not Outrider', async () => {
    await using server = await startHttpServer((_, response) => response.end('<html>hello</html>'));
    const { code, err } = await type(command, { OUTRIDER_URL: server.url });
    // Nobody can tell from an answer without a body whether a silence was ended.
    if (command[1] === 'expire') return;
    expect([code, err]).toEqual([1, `error: ${server.url}: what answers there is not Outrider; ${ELSEWHERE}\n`]);
  });

  it.each([
    [502, 'bad gateway', 'answered with status 502, and is not Outrider'],
    [404, '<html>', 'answered with status 404, and is not Outrider'],
    [302, '', 'answered with status 302, and is not Outrider'],
  ])('says that %i is nobody’s answer', async (status, body, says) => {
    await using server = await startHttpServer((_, response) => {
      response.writeHead(status, { Location: 'http://127.0.0.1:1/' }).end(body);
    });
    const { code, err } = await type([...command, '--token', 'otr_x'], { OUTRIDER_URL: server.url });
    expect([code, err]).toEqual([1, `error: ${server.url}: ${says}; ${ELSEWHERE}\n`]);
    expect(server.requests).toHaveLength(1);
  });
});

const GIVE = '; --token or OUTRIDER_TOKEN gives one of auth.tokens in the config';

describe('a command without the scope that it needs', () => {
  it.each([
    ...READS.map((command) => [command, 'read'] as const),
    ...WRITES.map((command) => [command, 'write'] as const),
  ])('%j says that it is %s', async (command, scope) => {
    await using watched = await watch(viewOf({ targets: [targetView({ name: 'api' })] }), 'token');
    const missing = await watched.type(command, { OUTRIDER_TOKEN: '' });
    const says = `error: this needs a token with the scope ${scope}${GIVE}\n`;
    expect(missing).toMatchObject({ code: 2, out: '', err: says });
    const wrong = await watched.type(command, { OUTRIDER_TOKEN: 'otr_guess' });
    expect(wrong).toMatchObject({ code: 2, err: `error: the token is wrong${GIVE}\n` });
    const insufficient = await watched.type([...command, '--token', tokenFor('read')]);
    if (scope === 'read') expect(insufficient.code).toBe(0);
    else expect(insufficient.err).toBe(`error: this needs the scope write, which the token does not have${GIVE}\n`);
  });
});

describe('where the daemon is', () => {
  it('is --url before OUTRIDER_URL, with any path prefix', async () => {
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]');
    });
    const env = { OUTRIDER_URL: 'http://127.0.0.1:1' };
    expect((await type(['alerts', '--url', `${server.url}/outrider/`], env)).code).toBe(0);
    expect(server.requests.map(({ url }) => url)).toEqual(['/outrider/api/v1/alerts']);
  });

  it.each([
    [['--url', '127.0.0.1:9875'], {}, '--url: expected a URL such as http://127.0.0.1:9875'],
    [['--url', 'ftp://host'], {}, '--url: expected a URL such as http://127.0.0.1:9875'],
    [[], { OUTRIDER_URL: 'nope' }, 'OUTRIDER_URL: expected a URL such as http://127.0.0.1:9875'],
    [['--url', 'http://me:hunter22@host'], {}, '--url: a URL with a user is not taken; give a token by OUTRIDER_TOKEN'],
  ])('%j %j cannot be', async (flags, env, says) => {
    expect(await type(['status', ...flags], env)).toMatchObject({ code: 2, out: '', err: `error: ${says}\n` });
  });

  it('is given the token, and nobody else is', async () => {
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]');
    });
    await type(['alerts', '--token', 'otr_flag'], { OUTRIDER_URL: server.url, OUTRIDER_TOKEN: 'otr_env' });
    await type(['alerts'], { OUTRIDER_URL: server.url, OUTRIDER_TOKEN: 'otr_env' });
    await type(['alerts'], { OUTRIDER_URL: server.url });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer otr_flag',
      'Bearer otr_env',
      undefined,
    ]);
  });
});
