import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exposedBy, seriesIn, shownTargets, untilStatus } from '../support/daemon.ts';
import { joinByCable, type Namespace, openNamespace } from '../support/namespace.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

/** Answers after a while on every address, so that a probe is often under way; says its port. */
const SERVER = `
require('node:http').createServer((_, response) => setTimeout(() => response.end('UP'), 300))
  .listen(0, function () { console.log(this.address().port); });
`;
/**
 * A stand-in for an Alertmanager beside Outrider, and a target on the same machine: /health is after a while what `PUT /503`
 * said. /next answers when /health is asked again, before that is answered.
 */
const BESIDE = `
const alerts = [];
const waiting = [];
let status = 200;
const answers = {
  'GET /health': (response) => {
    for (const next of waiting.splice(0)) next.end();
    setTimeout(() => response.writeHead(status).end(), 300);
  },
  'GET /next': (response) => waiting.push(response),
  'GET /alerts': (response) => response.end(JSON.stringify(alerts)),
  'POST /api/v2/alerts': (response, body) => response.end(void alerts.push(...JSON.parse(body))),
  'PUT /forget': (response) => response.end(void (alerts.length = 0)),
  'PUT /200': (response) => response.end(void (status = 200)),
  'PUT /503': (response) => response.end(void (status = 503)),
};
require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => answers[request.method + ' ' + request.url](response, body));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

const INTERVAL_MS = 1000;
const ALL = ['api', 'shop', 'cache', 'beside'];
const OUT_THERE = ['api', 'shop', 'cache'];
/** One of each kind at an address to which no road leads: only the system's error code says so. */
const NO_ROUTE = '198.51.100.7';
const UNREACHABLE = ['http', 'postgres', 'redis', 'kafka'].map((type) => `far-${type}`);

interface Told {
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAt: string;
}

describe('Outrider in a network of its own', () => {
  const opened = new AsyncDisposableStack();
  let home: Namespace;
  let world: Namespace;
  let outrider: Outrider;
  let beside: string;
  let port: string;

  /** The addresses of the world: two of targets far away, one of a target nearby, one of a reference. */
  const addresses = { api: '203.0.113.2', shop: '203.0.113.3', reference: '203.0.113.4', cache: '10.9.0.2' };
  const move = (how: 'replace' | 'del', ...which: readonly (keyof typeof addresses)[]) =>
    Promise.all(which.map((name) => world.ip('addr', how, `${addresses[name]}/32`, 'dev', 'cable')));

  beforeAll(async () => {
    home = opened.use(await openNamespace());
    world = opened.use(await openNamespace());
    await joinByCable(home, world, 'cable');
    for (const address of ['203.0.113.1/24', '10.9.0.1/24']) await home.ip('addr', 'add', address, 'dev', 'cable');
    // One address that stays: the roads go with the last.
    await world.ip('addr', 'add', '192.0.2.1/32', 'dev', 'cable');
    for (const network of ['203.0.113.0/24', '10.9.0.0/24']) await world.ip('route', 'add', network, 'dev', 'cable');
    await move('replace', 'api', 'shop', 'reference', 'cache');
    port = await world.start(SERVER);
    const besidePort = Number(await home.start(BESIDE));
    beside = await home.reach(besidePort);
    outrider = opened.use(
      await startOutrider(
        `
service: shop
connectivity: ["${addresses.reference}:${port}"]
defaults: { interval: ${INTERVAL_MS}ms, timeout: 700ms, recover: 1 }
targets:
${OUT_THERE.map((name) => `  - { name: ${name}, type: http, url: "http://${addresses[name as 'api']}:${port}/" }`).join('\n')}
  - { name: beside, type: http, url: "http://127.0.0.1:${besidePort}/health" }
  - { name: far-http, type: http, url: "http://${NO_ROUTE}/", startup_grace: 10m }
  - { name: far-postgres, type: postgres, url: "postgres://${NO_ROUTE}/", startup_grace: 10m }
  - { name: far-redis, type: redis, url: "redis://${NO_ROUTE}", startup_grace: 10m }
  - { name: far-kafka, type: kafka, brokers: ["${NO_ROUTE}:9092"], startup_grace: 10m }
notify:
  alertmanager: { urls: ["http://127.0.0.1:${besidePort}"] }
`,
        { within: home },
      ),
    );
  });
  afterAll(() => opened.disposeAsync());
  beforeEach(async () => {
    await home.ip('link', 'set', 'cable', 'up');
    await move('replace', 'api', 'shop', 'reference', 'cache');
    await put('200');
    await untilStatus(outrider, 'up', ALL);
    await put('forget');
  });

  /** Tells the stand-in. */
  const put = (what: string) => fetch(`${beside}/${what}`, { method: 'PUT' });

  /** The targets that Alertmanager was told of as failing, since the test began. */
  const told = async () => {
    const alerts = (await (await fetch(`${beside}/alerts`)).json()) as readonly Told[];
    const firing = alerts.filter(({ endsAt }) => Date.parse(endsAt) > Date.now());
    return ALL.filter((name) => firing.some(({ labels }) => labels['target'] === name));
  };
  const counted = async (outcome: string) => {
    const exposed = await exposedBy(outrider);
    return (target: string) => seriesIn(exposed, 'outrider_target_probes_total', { target, outcome }) ?? 0;
  };
  /** Waits until each of these targets has so many results of that outcome more than now. */
  const untilMore = async (outcome: string, count: number, names: readonly string[]) => {
    const first = await counted(outcome);
    await until(`${names.join(', ')} ${outcome}`, async () => {
      const now = await counted(outcome);
      return names.every((name) => now(name) >= first(name) + count) ? true : undefined;
    });
  };

  it('tells of no target while its link is down, and goes on afterwards', async () => {
    await home.ip('link', 'set', 'cable', 'down');
    await untilMore('inconclusive', 3, [...OUT_THERE, ...UNREACHABLE]);
    expect((await shownTargets(outrider))['beside']?.status).toBe('up');
    await home.ip('link', 'set', 'cable', 'up');
    await untilMore('up', 2, ALL);
    expect(await told()).toEqual([]);
    expect(outrider.output()).toContain('this machine has no network address but loopback');
  });

  it('tells of no target while nobody out there answers, nor the reference address', async () => {
    await move('del', 'api', 'shop', 'reference', 'cache');
    await untilMore('inconclusive', 3, [...OUT_THERE, ...UNREACHABLE]);
    await move('replace', 'api', 'shop', 'reference', 'cache');
    await untilMore('up', 2, ALL);
    expect(await told()).toEqual([]);
    expect(outrider.output()).toContain(
      `none of the addresses under connectivity answers: ${addresses.reference}:${port}`,
    );
  });

  it('tells of no target when it is stopped for 5 s in the midst of its probes', async () => {
    const first = await counted('inconclusive');
    await fetch(`${beside}/next`);
    process.kill(outrider.pid, 'SIGSTOP');
    await sleep(5000);
    process.kill(outrider.pid, 'SIGCONT');
    await untilMore('up', 2, ALL);
    const then = await counted('inconclusive');
    expect(then('beside') - first('beside')).toBeGreaterThan(0);
    expect(await told()).toEqual([]);
    expect(outrider.output()).toContain('event loop stood still');
  });

  it('tells of a target on this machine although the network is gone', async () => {
    await home.ip('link', 'set', 'cable', 'down');
    await untilMore('inconclusive', 1, OUT_THERE);
    await put('503');
    await untilStatus(outrider, 'down', ['beside']);
    await until('it is told', async () => ((await told()).includes('beside') ? true : undefined));
    expect(await told()).toEqual(['beside']);
    await put('200');
    await home.ip('link', 'set', 'cable', 'up');
    await untilStatus(outrider, 'up', ALL);
  });

  it('tells of a target that is gone while the reference address answers', async () => {
    await move('del', 'shop');
    await untilStatus(outrider, 'down', ['shop']);
    await until('it is told', async () => ((await told()).includes('shop') ? true : undefined));
    await untilMore('down', 1, UNREACHABLE);
    await move('replace', 'shop');
    await untilStatus(outrider, 'up', ALL);
    expect(await told()).toEqual(['shop']);
  });

  it('tells of a target nearby that is gone, although the reference address is gone too, once others nearby answer', async () => {
    await move('del', 'cache', 'reference');
    await untilStatus(outrider, 'down', ['cache']);
    await until('it is told', async () => ((await told()).includes('cache') ? true : undefined));
    await move('replace', 'cache', 'reference');
    await untilStatus(outrider, 'up', ALL);
    expect(await told()).toEqual(['cache']);
  });
});
