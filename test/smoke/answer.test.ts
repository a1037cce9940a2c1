import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFolder } from '../support/config-folder.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { BIN, outrider, ROOT } from './command.ts';

const SLOW = { timeout: 30_000 };
const PASSWORD = 'hunter22-of-the-smoke-test';

const folder = configFolder();
let server: HttpServer;
beforeAll(async () => {
  server = await startHttpServer((request, response) => {
    response
      .writeHead(request.url === '/down' ? 503 : 200)
      .end(`{"status":"UP","you":"${request.headers['x-api-key']}"}`);
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const config = () =>
  folder.write(
    'outrider.yml',
    `
service: shop
targets:
  - { name: api, type: http, url: "${server.url}/up", expect: { json: { $.status: UP } } }
  - { name: broken, type: http, url: "${server.url}/down", headers: { X-Api-Key: "\${API_PASSWORD}" } }
`,
  );
const env = { API_PASSWORD: PASSWORD };

describe.concurrent('check', SLOW, () => {
  it('of a good config is exit 0 and an answer on stdout', async () => {
    const { code, stdout, stderr } = await outrider(['check', '-c', config()], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('good: 2 targets (2 http), 0 receivers, ');
    expect(stdout).not.toContain(PASSWORD);
  });

  it('of a bad one is exit 1, each mistake on stdout and their number on stderr', async () => {
    const bad = folder.write('bad.yml', 'service: shop\ntargets: [{ name: api, type: http, url: 1, interval: 5 }]\n');
    const { code, stdout, stderr } = await outrider(['check', '-c', bad]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `2 mistakes in ${bad}\n` });
    expect(stdout.split('\n').filter((line) => line.startsWith(`${bad}:2:`))).toHaveLength(2);
  });
});

describe.concurrent('probe', SLOW, () => {
  it.each([
    ['a URL that answers', () => [`${server.url}/up`], 0],
    ['a URL that answers badly', () => [`${server.url}/down`], 1],
    ['a target that is up', () => ['api', '-c', config()], 0],
    ['a target that is down', () => ['broken', '-c', config()], 1],
  ] as const)('of %s: its exit code is the verdict', async (_, args, code) => {
    const ended = await outrider(['probe', ...args()], { env });
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: '' });
    const { stdout } = ended;
    expect(stdout).toMatch(code === 0 ? /: UP\n/ : /: DOWN\n {2}assertion: expected status 2xx, got 503\n/);
    expect(stdout).toMatch(/\n {2}connect +█+ +\d+\.\d\d ms\n/);
    expect(stdout).toMatch(/\nmeasures\n {2}status +\d{3}\n/);
    expect(stdout.includes('\nevidence\n')).toBe(code === 1);
  });

  it('--json parses, and holds no secret although the server says it back', async () => {
    const { code, stdout } = await outrider(['probe', 'broken', '--json', '-c', config()], { env });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ target: 'broken', outcome: 'down', reason: 'assertion' });
    expect(server.requests.some(({ headers }) => headers['x-api-key'] === PASSWORD)).toBe(true);
    expect(stdout).not.toContain(PASSWORD);
  });
});

describe.concurrent('schema', SLOW, () => {
  it('is the one that is checked in', async () => {
    const { code, stdout, stderr } = await outrider(['schema']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const checkedIn = await readFile(join(ROOT, 'config', 'outrider.schema.json'), 'utf8');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(checkedIn));
  });

  it('may be read in part: a pipe that closes is no failure', async () => {
    const shell = spawn('bash', ['-c', 'set -o pipefail; "$0" "$1" schema | head -n 1', process.execPath, BIN]);
    let said = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (said += chunk));
    expect(await once(shell, 'close')).toEqual([0, null]);
    expect(said).toBe('{\n');
  });

  // Only Linux has a disk that is always full.
  it.each(['/dev/full'].filter(existsSync))('that cannot be written to %s is a failure', async (file) => {
    const full = openSync(file, 'w');
    const child = spawn(process.execPath, [BIN, 'schema'], { stdio: ['ignore', full, 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk) => (said += chunk));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said).toMatch(/^error: the answer could not be written: ENOSPC/);
  });
});
