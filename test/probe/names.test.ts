import { describe, expect, it } from 'vitest';
import { type LookedUp, openNames } from '../../src/probe/names.ts';
import type { NoAddress, Resolved } from '../../src/probe/resolver.ts';

const never = new AbortController().signal;
const found = (...addresses: [string, ...string[]]): Resolved => {
  const [first, ...rest] = addresses.map((address) => ({ address, family: 4 as const }));
  if (first === undefined) throw new Error('no address');
  return { ok: true, addresses: [first, ...rest] };
};
const none = (why: NoAddress): Resolved => ({ ok: false, why, message: `no address: ${why}` });

/** Names over a resolver that answers so; what it does not know is under way for ever. */
function namesOver(answers: Record<string, Resolved>) {
  return openNames({ resolve: (host) => Promise.resolve(answers[host] ?? new Promise<never>(() => {})) });
}

it('hand on what the resolver says', async () => {
  const names = namesOver({ 'api.example': found('1.2.3.4'), gone: none('no-name') });
  expect(await names.resolve('api.example', never)).toEqual(found('1.2.3.4'));
  expect(await names.resolve('gone', never)).toEqual(none('no-name'));
});

it('hand on an address as it is, without looking', () => {
  const answer = Promise.resolve(found('10.0.0.5'));
  const names = openNames({ resolve: () => answer });
  expect(names.resolve('10.0.0.5', never)).toBe(answer);
});

describe('remember how the lookups of the run went', () => {
  const answers = { good: found('10.0.0.5'), gone: none('no-name'), broken: none('failed'), late: none('no-answer') };
  it.each<[string[], LookedUp]>([
    [[], 'well'],
    [['good'], 'well'],
    [['gone'], 'no-name'],
    [['good', 'gone', 'broken'], 'failed'],
    [['late', 'good', 'broken'], 'silent'],
    [['good', 'under-way'], 'silent'],
    [['10.0.0.5', 'localhost'], 'well'],
  ])('%j: %s', async (hosts, looked) => {
    const names = namesOver(answers);
    for (const host of hosts) void names.resolve(host, never);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(names.lookedUp()).toBe(looked);
  });

  it('and not those of the run before, even if they end in this one', async () => {
    const late = Promise.withResolvers<Resolved>();
    const names = openNames({ resolve: () => late.promise });
    const before = names.resolve('api.example', never);
    expect(names.lookedUp()).toBe('silent');
    names.begin();
    late.resolve(none('no-answer'));
    await before;
    expect(names.lookedUp()).toBe('well');
  });
});

describe('know where a target is', () => {
  it.each([
    [['database'], 'near'],
    [['api.example.com'], 'far'],
    [['localhost'], 'here'],
    [['10.0.0.5'], 'near'],
    [['localhost', '1.1.1.1'], 'far'],
  ])('%j by its hosts: %s', (hosts, where) => expect(namesOver({}).localityOf({ hosts })).toBe(where));

  it.each([
    ['127.0.0.1', 'here'],
    ['10.0.0.5', 'near'],
    ['1.1.1.1', 'far'],
  ] as const)('by its address %s where that was ever seen, also when it is no longer found', async (address, where) => {
    const answers: Record<string, Resolved> = { 'api.example.com': found(address) };
    const names = namesOver(answers);
    await names.resolve('api.example.com', never);
    answers['api.example.com'] = none('no-answer');
    names.begin();
    await names.resolve('api.example.com', never);
    expect(names.localityOf({ hosts: ['api.example.com'] })).toBe(where);
  });
});
