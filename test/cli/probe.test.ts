import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../src/core/result.ts';
import { loadText } from '../support/config-folder.ts';
import { startHttpServer } from '../support/http-server.ts';
import { type } from './terminal.ts';

const CONFIG = `
service: shop
targets:
  - { name: api, type: http, url: "http://127.0.0.1:1/", expect: { body: fine } }
  - { name: cache, type: redis, url: "redis://127.0.0.1:1" }
`;
const load = () => loadText(CONFIG);

const seen = {
  target: 'api',
  turn: 'extra',
  at: { monoMs: 0, wallMs: Date.UTC(2026, 2, 1) },
  durationMs: 40,
  measures: [
    { name: 'up', value: 1 },
    { name: 'failed', value: 0 },
    { name: 'duration', value: 0.04 },
    { name: 'resolve', value: 0 },
    { name: 'connect', value: 0.01 },
    { name: 'processing', value: 0.02 },
    { name: 'transfer', value: 0.01 },
    { name: 'status', value: 200 },
    { name: 'ratio', value: 1 / 3, labels: { pool: 'a', kind: 'b' } },
  ],
  series: [],
  evidence: { address: '127.0.0.1', 'content-type': 'text/html' },
} as const;
const up: ProbeResult = { ...seen, outcome: 'up', gaps: [{ measures: ['lag'], why: 'nobody may see it' }] };
const down: ProbeResult = { ...seen, outcome: 'down', reason: 'refused', message: 'connection refused by 127.0.0.1:1' };

const probing = (result: ProbeResult, ...args: readonly string[]) =>
  type(['probe', 'api', ...args], {}, { load, probe: async () => result });

describe('a probe is told for people', () => {
  it('with verdict, waterfall, measures, evidence and what is missing', async () => {
    const typed = await probing(up);
    expect(typed).toMatchObject({ code: 0, err: '' });
    expect(typed.out.split('\n').map((line) => line.trimEnd())).toEqual([
      'api: UP',
      '',
      '  resolve                                                    0.00 ms',
      '  connect      ██████████                                   10.00 ms',
      '  processing             ████████████████████               20.00 ms',
      '  transfer                                   ██████████     10.00 ms',
      '  duration     ████████████████████████████████████████     40.00 ms',
      '',
      'measures',
      '  status                200',
      '  ratio{pool=a,kind=b}  0.3333',
      '',
      'evidence',
      '  address       127.0.0.1',
      '  content-type  text/html',
      '',
      'not measured',
      '  lag: nobody may see it',
      '',
    ]);
  });

  it('as down with its reason and its message, and exit 1', async () => {
    const typed = await probing(down);
    expect(typed).toMatchObject({ code: 1, err: '' });
    expect(typed.out).toMatch(/^api: DOWN\n {2}refused: connection refused by 127\.0\.0\.1:1\n\n/);
  });

  it('without a waterfall where there are no phases', async () => {
    expect((await probing({ ...down, measures: [], evidence: {} })).out).toBe(
      'api: DOWN\n  refused: connection refused by 127.0.0.1:1\n\n  duration 40.00 ms\n',
    );
  });

  it('as inconclusive or skipped, which are no good answers', async () => {
    const { target, turn, at } = seen;
    const limits = { target, turn, at, outcome: 'inconclusive', why: 'own-limits', message: 'no descriptor' } as const;
    expect(await probing(limits)).toMatchObject({ code: 1, out: 'api: INCONCLUSIVE\n  no descriptor\n' });
    const stopping = { target, turn, at, outcome: 'skipped', why: 'stopping' } as const;
    expect(await probing(stopping)).toMatchObject({ code: 1, out: 'api: SKIPPED\n' });
  });
});

describe('--json', () => {
  it('is the whole result, its time as people and programs read it', async () => {
    const { out } = await probing(down, '--json');
    expect(JSON.parse(out)).toEqual({ ...down, at: '2026-03-01T00:00:00.000Z' });
  });
});

describe('on a terminal', () => {
  it('there is a line while it lasts, which is taken away', async () => {
    const { err } = await type(['probe', 'api'], {}, { load, probe: async () => up, onTerminal: true });
    const [line = '', blank, end] = err.split('\r');
    expect(line).toBe('probing api …');
    expect(blank).toBe(' '.repeat(line.length));
    expect(end).toBe('');
  });
});

describe('what cannot be probed', () => {
  it.each([
    ['apo', 2, 'error: config/outrider.yml has no target "apo"; did you mean "api"?\n'],
    ['nowhere', 2, 'error: config/outrider.yml has no target "nowhere"; it has api, cache\n'],
    ['root:hunter22@db:5432', 2, 'error: a URL begins with its scheme, as in http://localhost:8080/\n'],
    ['http://', 2, 'error: expected a URL such as http://host, got one that does not parse\n'],
  ])('%s', async (what, code, err) => {
    expect(await type(['probe', what], {}, { load })).toMatchObject({ code, err, out: '' });
  });

  it('is a URL of a scheme that nothing here speaks', async () => {
    const { code, err, out } = await type(['probe', 'gopher://root:hunter22@db']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: nothing here probes "gopher:\/\/"; known are http:\/\/, .*redis:\/\//);
    expect(err).not.toContain('hunter22');
  });

  it('is any target of a config with mistakes', async () => {
    const typed = await type(['probe', 'api'], {}, { load: () => loadText('service: shop\ntargets: {}\n') });
    expect(typed).toMatchObject({ code: 1, out: '' });
    expect(typed.err).toMatch(/outrider\.yml:2:10: targets: /);
  });
});

it('what a server says back of a password in the URL is not told', async () => {
  await using server = await startHttpServer((request, response) => {
    const { authorization = '' } = request.headers;
    const credentials = authorization.replace('Basic ', '');
    const [, password = ''] = Buffer.from(credentials, 'base64').toString().split(':');
    const headers = { 'www-authenticate': `Basic realm="${password}"`, server: String(request.url) };
    response.writeHead(500, headers).end(`${password} ${credentials}`);
  });
  const url = `${server.url.replace('//', '//app:hunter22-of-the-url@')}/?api_key=hunter22-of-the-query`;
  for (const format of [[], ['--json']]) {
    const { code, out, err } = await type(['probe', url, ...format]);
    expect(code).toBe(1);
    expect(out + err).not.toContain('hunter22');
    expect(out + err).not.toContain(Buffer.from('app:hunter22-of-the-url').toString('base64'));
  }
});
