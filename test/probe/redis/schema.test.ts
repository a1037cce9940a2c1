import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../../src/probe/redis/endpoint.ts';
import { redis } from '../../../src/probe/redis/type.ts';

const parse = (keys: Record<string, unknown>) => redis.schema.safeParse({ type: 'redis', ...keys });

function endpoint(keys: Record<string, unknown>) {
  const parsed = parse(keys);
  if (!parsed.success) throw parsed.error;
  return endpointOf(parsed.data);
}

const nobody = { username: undefined, password: undefined, tls: false, database: 0 };

describe('where it is and as whom', () => {
  it.each([
    ['redis://cache', { ...nobody, host: 'cache', port: 6379 }],
    ['redis://cache:7000/3', { ...nobody, host: 'cache', port: 7000, database: 3 }],
    ['redis://cache?db=4&timeout=1', { ...nobody, host: 'cache', port: 6379, database: 4 }],
    ['rediss://cache', { ...nobody, host: 'cache', port: 6379, tls: true }],
    ['redis://[::1]:7000', { ...nobody, host: '::1', port: 7000 }],
    ['redis:///2', { ...nobody, host: 'localhost', port: 6379, database: 2 }],
    ['redis://:s%40ct@cache', { ...nobody, host: 'cache', port: 6379, password: 's@ct' }],
    ['redis://me:a%b@cache', { ...nobody, host: 'cache', port: 6379, username: 'me', password: 'a%b' }],
  ])('%s', (url, expected) => {
    expect(endpoint({ url })).toEqual(expected);
  });

  it('is one address', () => {
    expect(endpoint({ addresses: ['cache:7000'] })).toEqual({ ...nobody, host: 'cache', port: 7000 });
  });

  it('takes username and password beside url literally, over those in it', () => {
    const keys = { url: 'redis://me:old@cache', username: 'you', password: 'a%40b' };
    expect(endpoint(keys)).toMatchObject({ username: 'you', password: 'a%40b' });
  });

  it('speaks TLS where there is a tls block', () => {
    expect(endpoint({ addresses: ['cache'], tls: {} })).toMatchObject({ tls: true });
  });

  it('tells the host to the scheduler', () => {
    const parsed = parse({ url: 'redis://:secret@cache:7000' });
    expect(parsed.success && redis.hosts(parsed.data)).toEqual(['cache']);
  });
});

describe('a mistake', () => {
  it.each([
    ['no place', {}, 'url', 'expected url, such as redis://cache:6379, or addresses'],
    ['two places', { url: 'redis://a', addresses: ['b'] }, 'addresses', 'expected only one of them'],
    ['two addresses', { addresses: ['a', 'b'] }, 'addresses', 'expected exactly one address'],
    ['another scheme', { url: 'http://cache' }, 'url', 'expected a URL such as redis://host, got "http://…"'],
    ['a database that is no number', { url: 'redis://cache/orders' }, 'url', 'expected a database number'],
    ['a username alone', { url: 'redis://cache', username: 'me' }, 'username', 'a username needs a password'],
    ['a size without a unit', { url: 'redis://cache', memory_limit: 5 }, 'memory_limit', 'write "5B"'],
  ])('%s is said at its key', (_, keys, path, message) => {
    const { error } = parse(keys);
    expect(error?.issues).toEqual([
      expect.objectContaining({ path: expect.arrayContaining([path]), message: expect.stringContaining(message) }),
    ]);
  });

  it('never says the password', () => {
    const { error } = parse({ url: 'redis://me:hunter22@cache/orders', username: 'x', addresses: [] });
    expect(JSON.stringify(error?.issues)).not.toContain('hunter22');
  });
});
