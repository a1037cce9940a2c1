import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURE_REASONS } from '../../src/core/result.ts';
import { openNames } from '../../src/probe/names.ts';
import { type Judged, openOwnTrouble } from '../../src/probe/own-trouble.ts';
import type { NoAddress } from '../../src/probe/resolver.ts';
import { ETH, REFERENCES, type Seen, startOwnTrouble, toResult, type World } from '../support/own-trouble.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const NO_NETWORK = 'this machine has no network address but loopback';
const NO_REFERENCE = 'none of the addresses under connectivity answers: one.reference:443';
const NO_NAME_SERVER = 'no name server answers any question: 10.0.0.53';

const own = (message: string) => ({ outcome: 'inconclusive', why: 'own-network', message });
const NEAR = '10.0.0.5';
const FAR = '8.8.4.4';
const HERE = '127.0.0.1';

describe('where nobody answered', () => {
  const nowhere = { interfaces: {} };
  it.each<[string, Seen, string, Partial<World> & { references?: boolean }, string | undefined]>([
    ['and this machine is in no network', 'timeout', NEAR, nowhere, NO_NETWORK],
    ['and this machine is in no network', 'unreachable', FAR, nowhere, NO_NETWORK],
    [
      'by a name server that fails, and this machine is in no network',
      'dns',
      'db',
      { ...nowhere, noAddress: 'failed' },
      NO_NETWORK,
    ],
    ['on this machine', 'timeout', HERE, { ...nowhere, references: false, nameServer: false }, undefined],
    ['and no reference address does', 'timeout', FAR, { references: false }, NO_REFERENCE],
    ['and no reference address does', 'unreachable', FAR, { references: false }, NO_REFERENCE],
    ['and no reference address does, nor another nearby', 'timeout', NEAR, { references: false }, NO_REFERENCE],
    ['but a reference address does', 'timeout', FAR, {}, undefined],
    ['but a reference address does', 'unreachable', NEAR, {}, undefined],
    [
      'a name server fails, and no reference address answers',
      'dns',
      'api.example',
      { noAddress: 'failed', references: false },
      NO_REFERENCE,
    ],
    ['a name server fails, and a reference address answers', 'dns', 'api.example', { noAddress: 'failed' }, undefined],
    ['there is no such name', 'dns', 'api.example', { ...nowhere, noAddress: 'no-name', references: false }, undefined],
    [
      'no name server answers for it or anything',
      'dns',
      'api.example',
      { noAddress: 'no-answer', nameServer: false },
      NO_NAME_SERVER,
    ],
    ['no name server answers for it, only for others', 'dns', 'api.example', { noAddress: 'no-answer' }, undefined],
    [
      'time ran out on a name server that is silent',
      'timeout',
      'api.example',
      { noAddress: 'no-answer', nameServer: false },
      NO_NAME_SERVER,
    ],
    ['time ran out on one name', 'timeout', 'api.example', { noAddress: 'no-answer' }, undefined],
  ])('%s (%s of %s)', async (_, seen, host, world, message) => {
    const { judge } = startOwnTrouble(world);
    const { result, judged } = await judge(host, seen);
    if (message === undefined) expect(judged).toBe(result);
    else expect(judged).toEqual({ ...own(message), target: host, turn: 'scheduled', at: result.at });
  });
});

describe('where somebody answered', () => {
  const answers = FAILURE_REASONS.filter((reason) => !['timeout', 'dns'].includes(reason));
  it.each([...answers, 'up', 'own-limits', 'overlap'] as const)(
    '%s stays what it is, whatever the network is like',
    async (seen) => {
      const { judge, now } = startOwnTrouble({ interfaces: {}, nameServer: false });
      now.references = false;
      const { result, judged } = await judge(FAR, seen);
      expect(judged).toBe(result);
      expect(now.asked).toBe(0);
    },
  );
});

describe('without reference addresses', () => {
  it('a failure is the target’s as long as this machine is in a network', async () => {
    const { judge } = startOwnTrouble({}, { references: [] });
    for (const seen of ['timeout', 'unreachable'] as const) {
      const { result, judged } = await judge(FAR, seen);
      expect(judged).toBe(result);
    }
  });

  it.each([
    [{ interfaces: {} }, 'timeout', NO_NETWORK],
    [{ noAddress: 'no-answer', nameServer: false }, 'dns', NO_NAME_SERVER],
  ] as const)('%j is still told from a %s', async (world, seen, message) => {
    const { judge } = startOwnTrouble(world, { references: [] });
    expect((await judge('api.example', seen)).judged).toMatchObject(own(message));
  });
});

describe('where no reference address answers', () => {
  it('others in one’s own network that answer show that the target is to blame', async () => {
    const { judge, now, clock } = startOwnTrouble();
    now.references = false;
    expect((await judge(NEAR, 'timeout')).judged).toMatchObject(own(NO_REFERENCE));
    await clock.advance(3000);
    await judge('10.0.0.6', 'up');
    await clock.advance(3000);
    expect((await judge(NEAR, 'timeout')).judged).toMatchObject({ outcome: 'down', reason: 'timeout' });
    expect((await judge(FAR, 'timeout')).judged).toMatchObject(own(NO_REFERENCE));
  });

  it('a refusal shows it as well', async () => {
    const { judge, now, clock } = startOwnTrouble();
    now.references = false;
    await judge(NEAR, 'timeout');
    await clock.advance(3000);
    await judge('10.0.0.6', 'refused');
    await clock.advance(3000);
    expect((await judge(NEAR, 'timeout')).judged).toMatchObject({ outcome: 'down' });
  });

  it('what answered before says nothing: every target is excused at its first failure, and the one after', async () => {
    const { judge, now, clock } = startOwnTrouble();
    const targets = [NEAR, '10.0.0.6', '10.0.0.7', FAR, '9.9.9.9'];
    for (const target of targets) await judge(target, 'up');
    now.references = false;
    for (let round = 0; round < 2; round++) {
      for (const target of targets)
        expect((await judge(target, 'timeout', { tookMs: 500 })).judged).toMatchObject(own(NO_REFERENCE));
      await clock.advance(10_000);
    }
  });

  it('it goes on as soon as one does', async () => {
    const { judge, now, clock } = startOwnTrouble();
    now.references = false;
    await judge(FAR, 'timeout');
    now.references = true;
    await clock.advance(2001);
    expect((await judge(FAR, 'timeout')).judged).toMatchObject({ outcome: 'down' });
  });
});

it('a link that goes down between two failures excuses the second: an answer from before is none', async () => {
  const { judge, now } = startOwnTrouble();
  expect((await judge(FAR, 'unreachable')).judged).toMatchObject({ outcome: 'down' });
  now.references = false;
  expect((await judge(FAR, 'unreachable')).judged).toMatchObject(own(NO_REFERENCE));
});

it('a thousand failures at once ask the reference addresses once', async () => {
  const { judge, now } = startOwnTrouble();
  await Promise.all(Array.from({ length: 1000 }, () => judge(FAR, 'timeout')));
  expect(now.asked).toBe(1);
});

it.each([
  ['a reference address', 'timeout', NO_REFERENCE],
  ['a name server', 'dns', NO_NAME_SERVER],
] as const)('%s that says nothing is waited for 2 s', async (which, reason, message) => {
  const clock = virtualClock();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const silence = <T>(signal: AbortSignal, answer: T) =>
    new Promise<T>((resolve) => signal.addEventListener('abort', () => resolve(answer)));
  const trouble = openOwnTrouble({
    clock,
    log,
    interfaces: () => ETH,
    resolver: {
      resolve: (host, signal) => silence(signal, { ok: false, why: 'no-answer', message: host }),
      isAnswering: (signal) => silence(signal, false),
      servers: () => ['10.0.0.53'],
    },
  });
  if (which === 'a reference address') trouble.refer(REFERENCES);
  const names: Judged['names'] = { lookedUp: () => (reason === 'dns' ? 'silent' : 'well'), localityOf: () => 'far' };
  let judged: unknown;
  const result = toResult(FAR, reason, clock.now());
  void trouble.judge({ result, target: { hosts: [FAR] }, names, signal: new AbortController().signal }).then((end) => {
    judged = end;
  });
  await clock.advance(1999);
  expect(judged).toBeUndefined();
  await clock.advance(1);
  expect(judged).toMatchObject(own(message));
});

it('a stop ends the judging at once, with the result as it was', async () => {
  const hanging = Promise.withResolvers<never>();
  const clock = virtualClock();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const resolver = { resolve: () => hanging.promise, isAnswering: () => hanging.promise, servers: () => [] };
  const trouble = openOwnTrouble({ clock, log, resolver, interfaces: () => ETH });
  trouble.refer(REFERENCES);
  const stop = new AbortController();
  const result = toResult(FAR, 'timeout', clock.now());
  const names = openNames(resolver);
  const judging = trouble.judge({ result, target: { hosts: [FAR] }, names, signal: stop.signal });
  await clock.advance(10);
  stop.abort();
  expect(await judging).toBe(result);
});

it('the same trouble is logged once in 10 s', async () => {
  const { judge, logged, clock } = startOwnTrouble({ interfaces: {} });
  for (let i = 0; i < 5; i++) await judge(FAR, 'timeout');
  expect(logged).toEqual(['Outrider’s own network is in trouble']);
  await clock.advance(10_000);
  await judge(FAR, 'timeout', { stoodMs: 2000 });
  await judge(FAR, 'timeout');
  expect(logged.slice(1)).toEqual(['Outrider’s own event loop stood still', 'Outrider’s own network is in trouble']);
});

it('a result is passed on unchanged as long as Outrider is in no trouble of its own', async () => {
  const seen = fc.constantFrom<Seen>(...FAILURE_REASONS, 'up', 'unreachable', 'own-limits', 'overlap');
  const host = fc.constantFrom(HERE, NEAR, FAR, 'db', 'api.example', 'localhost');
  const probe = fc.record({ seen, host, tookMs: fc.nat(400), pauseMs: fc.nat(5000) });
  const noAddress = fc.constantFrom<NoAddress | undefined>(undefined, 'no-name', 'failed', 'no-answer');
  const references = fc.constantFrom<typeof REFERENCES | []>(REFERENCES, []);
  await fc.assert(
    fc.asyncProperty(fc.array(probe, { maxLength: 12 }), noAddress, references, async (probes, why, refs) => {
      const { judge, clock, logged } = startOwnTrouble({ noAddress: why }, { references: refs });
      for (const { seen, host, tookMs, pauseMs } of probes) {
        const { result, judged } = await judge(host, seen, { tookMs });
        expect(judged).toBe(result);
        await clock.advance(pauseMs);
      }
      expect(logged).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
