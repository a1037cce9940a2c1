import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Logger } from '../../src/core/log.ts';
import type { Turn } from '../../src/core/result.ts';
import type { ProbeType } from '../../src/probe/contract.ts';
import { openResolver } from '../../src/probe/dns.ts';
import { type FleetOptions, openFleet } from '../../src/probe/fleet.ts';
import { openOwnTrouble } from '../../src/probe/own-trouble.ts';
import { probeTypeOf } from '../../src/probe/registry.ts';
import { configFolder } from '../support/config-folder.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { startHttpServer } from '../support/http-server.ts';
import { aTarget } from '../support/targets.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const LIMITS = { maxSeries: 100, maxBodyBytes: 1000, filesFrom: tmpdir(), scrub: (text: string) => text };
const clock = systemClock;

/** A fleet of one real http target, on the machine's own clock. */
async function aFleetOf(url: string, { resolver, ownTrouble }: Pick<FleetOptions, 'resolver' | 'ownTrouble'>) {
  const http = probeTypeOf('http');
  const settings = http.schema.parse({ type: 'http', url });
  const target = aTarget('api', { hosts: [...http.hosts(settings)], timeoutMs: 3000 });
  const fleet = openFleet({ typeOf: probeTypeOf, clock, log: silent, resolver, ...(ownTrouble && { ownTrouble }) });
  await fleet.replace([{ target, settings, revision: '1' }], LIMITS);
  return {
    run: () => fleet.run('api', () => 'scheduled'),
    [Symbol.asyncDispose]: () => fleet.stop(),
  };
}

it('a real probe that is under way while the event loop is blocked for a second is inconclusive, and the next one counts', async () => {
  await using server = await startHttpServer((_, response) => response.end('UP'));
  using resolver = openResolver({ clock });
  using ownTrouble = openOwnTrouble({ clock, log: silent, resolver });
  await using fleet = await aFleetOf(`${server.url}/`, { resolver, ownTrouble });
  expect(await fleet.run()).toMatchObject({ outcome: 'up' });

  const running = fleet.run();
  const beganMs = performance.now();
  while (performance.now() - beganMs < 1000);
  const result = await running;
  expect(result).toMatchObject({ outcome: 'inconclusive', why: 'own-stall', target: 'api', turn: 'scheduled' });
  expect(result).toHaveProperty(
    'message',
    expect.stringMatching(/^Outrider’s own event loop stood still for (0\.[6-9]|1\.\d)s$/),
  );
  expect(await fleet.run()).toMatchObject({ outcome: 'up' });
});

it.each([
  ['anything', { outcome: 'inconclusive', why: 'own-network' }],
  ['the one name', { outcome: 'down', reason: 'dns', message: 'no name server answered for api.example' }],
] as const)('a real probe by a name server that does not answer for %s', async (what, seen) => {
  await using dns = await startDnsServer({ 'api.example': 'silent' });
  if (what === 'anything') dns.setUnknown('silent');
  using folder = configFolder();
  const resolvConf = folder.write('resolv.conf', 'options timeout:1 attempts:1');
  using resolver = openResolver({ clock, servers: [dns.address], hostsFile: '/none', resolvConf });
  const interfaces = () => ({ eth0: [{ address: '10.0.0.2', internal: false }] });
  using ownTrouble = openOwnTrouble({ clock, log: silent, resolver, interfaces });
  await using fleet = await aFleetOf('http://api.example/', { resolver, ownTrouble });
  expect(await fleet.run()).toMatchObject(seen);
});

/** A fleet of one target that is down at once, whose results are judged as told; time passes as the test says. */
async function aJudgedFleet(judge: NonNullable<FleetOptions['ownTrouble']>['judge']) {
  const type: ProbeType = {
    ...probeTypeOf('http'),
    open: async () => ({
      run: async () => ({ outcome: 'down', reason: 'timeout', message: '', durationMs: 1, measures: [], series: [] }),
      [Symbol.asyncDispose]: async () => {},
    }),
  };
  const ownTrouble = { look() {}, retain() {}, judge };
  const resolver = openResolver({ clock });
  const fleet = openFleet({ typeOf: () => type, clock: virtualClock(), log: silent, resolver, ownTrouble });
  await fleet.replace([{ target: aTarget('api'), settings: { type: 'http' }, revision: '1' }], LIMITS);
  return fleet;
}

it('what is still being judged when the fleet stops is skipped at once', async () => {
  const begun = Promise.withResolvers<void>();
  const fleet = await aJudgedFleet(({ result, signal }) => {
    begun.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(result)));
  });
  const running = fleet.run('api', () => 'scheduled');
  await begun.promise;
  await fleet.stop();
  expect(await running).toMatchObject({ outcome: 'skipped', why: 'stopping' });
});

it('a result has the turn that its run serves in the end, also if that changes while it is judged', async () => {
  let turn: Turn = 'extra';
  const fleet = await aJudgedFleet(async ({ result }) => {
    turn = 'scheduled';
    return result;
  });
  expect(await fleet.run('api', () => turn)).toMatchObject({ outcome: 'down', turn: 'scheduled' });
});
