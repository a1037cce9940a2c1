import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';
import { http } from '../../../src/probe/http/type.ts';
import { type Endpoint, probeContract } from '../../contract/probe.ts';
import { openHttp } from '../../support/http-prober.ts';

/** A process of its own, so that it can be stopped. */
const SERVER = `
const server = require('node:http').createServer((request, response) => response.end('{"status":"UP"}'));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

let child: ReturnType<typeof startServer>;
let endpoint: Endpoint;

const startServer = () => spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });

beforeAll(async () => {
  child = startServer();
  const [line] = await once(child.stdout, 'data');
  endpoint = { host: '127.0.0.1', port: Number(line) };
});

afterAll(async () => {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
});

for (const reuse_connection of [false, true])
  probeContract(`http over ${reuse_connection ? 'a kept connection' : 'fresh connections'}`, {
    declared: http,
    open: ({ host, port }) =>
      openHttp({ url: `http://${host}:${port}/`, reuse_connection, expect: { json: { '$.status': 'UP' } } }),
    service: () => ({
      endpoint,
      freeze: () => void child.kill('SIGSTOP'),
      thaw: () => void child.kill('SIGCONT'),
    }),
  });
