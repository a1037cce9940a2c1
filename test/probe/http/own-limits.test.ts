import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startDnsServer } from '../../support/dns-server.ts';
import { startHttpServer } from '../../support/http-server.ts';

const module = (path: string) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);

/** Looks at the URL once with descriptors left, once without any; prints both outcomes. */
const script = (url: string, nameServer: string) => `
import { openSync } from 'node:fs';
import { http } from ${module('src/probe/http/type.ts')};
import { systemClock as clock } from ${module('src/core/clock.ts')};
import { openResolver } from ${module('src/probe/dns.ts')};
import { runProbe } from ${module('src/probe/run.ts')};
const log = { debug() {}, info() {}, warn() {}, error() {} };
const resolver = openResolver({ clock, servers: ['${nameServer}'], hostsFile: '/none', resolvConf: '/none' });
const environment = { clock, log, resolver, target: 't', intervalMs: 1000, maxSeries: 10, maxBodyBytes: 100, filesFrom: '/' };
const prober = await http.open(http.schema.parse({ type: 'http', url: '${url}' }), environment);
const target = { name: 't', timeoutMs: 2000, hosts: [] };
const look = () => runProbe({ prober, target, turn: () => 'scheduled', clock, scrub: (text) => text });
const before = await look();
try { for (;;) openSync('/dev/null'); } catch {}
const after = await look();
process.stdout.write(JSON.stringify([before, after].map(({ outcome, why, message }) => ({ outcome, why, message }))));
process.exit();
`;

test.each(['127.0.0.1', 'api.example'])('without a descriptor left, %s is not called down', async (host) => {
  await using server = await startHttpServer((_, response) => response.end('UP'));
  await using dns = await startDnsServer({ 'api.example': { A: ['127.0.0.1'] } });
  const code = script(`http://${host}:${server.port}/`, dns.address);
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    'ulimit -n 64 && exec "$0" --input-type=module -e "$1"',
    process.execPath,
    code,
  ]);
  expect(JSON.parse(stdout)).toEqual([
    { outcome: 'up' },
    { outcome: 'inconclusive', why: 'own-limits', message: expect.stringContaining('EMFILE') },
  ]);
});
