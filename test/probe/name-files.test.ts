import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidates, parseHosts, parseResolvConf } from '../../src/probe/name-files.ts';

const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) });

describe('the hosts file', () => {
  test('gives each of the names on a line its address', () => {
    const hosts = parseHosts('# local\n10.0.0.5\tdb db.internal # the database\n\n10.0.0.6 Cache\n');
    expect(hosts.get('db')).toEqual([{ address: '10.0.0.5', family: 4 }]);
    expect(hosts.get('db.internal')).toEqual([{ address: '10.0.0.5', family: 4 }]);
    expect(hosts.get('cache')).toEqual([{ address: '10.0.0.6', family: 4 }]);
    expect(hosts.has('the')).toBe(false);
  });

  test('puts IPv4 first where a name has both', () => {
    const hosts = parseHosts('fd00::5 db\n10.0.0.5 db\n10.0.0.5 db');
    expect(hosts.get('db')).toEqual([
      { address: '10.0.0.5', family: 4 },
      { address: 'fd00::5', family: 6 },
    ]);
  });

  test('never throws, whatever the file holds', () => {
    fc.assert(fc.property(latin1, (text) => parseHosts(text) !== undefined));
  });
});

describe('resolv.conf', () => {
  test('names the servers, the search list and the options', () => {
    const text =
      'nameserver 10.0.0.2\nnameserver fd00::2\nsearch prod.example. example\noptions ndots:2 timeout:1 attempts:3 rotate';
    expect(parseResolvConf(text)).toEqual({
      servers: ['10.0.0.2', 'fd00::2'],
      search: ['prod.example', 'example'],
      ndots: 2,
      timeoutMs: 1000,
      attempts: 3,
    });
  });

  test.each([
    ['is empty', ''],
    ['has only comments', '# nothing\n; nothing'],
    ['names a server that is no address', 'nameserver example.com'],
  ])('asks this machine where the file %s', (_, text) => {
    expect(parseResolvConf(text)).toMatchObject({ servers: ['127.0.0.1'], search: [], ndots: 1 });
  });

  test('lets the last search or domain line win', () => {
    expect(parseResolvConf('search a b\ndomain c').search).toEqual(['c']);
  });

  test.each([
    ['ndots:99 timeout:99 attempts:99', { ndots: 15, timeoutMs: 30_000, attempts: 5 }],
    ['timeout:0 attempts:0', { timeoutMs: 1000, attempts: 1 }],
  ])('bounds what is out of range: %s', (options, expected) => {
    expect(parseResolvConf(`options ${options}`)).toMatchObject(expected);
  });

  test('never throws, whatever the file holds', () => {
    fc.assert(fc.property(latin1, (text) => parseResolvConf(text).servers.length > 0));
  });
});

describe('the names that a host stands for', () => {
  const search = ['prod.example', 'example'];
  test.each([
    ['db', 1, ['db.prod.example', 'db.example', 'db']],
    ['db.internal', 1, ['db.internal', 'db.internal.prod.example', 'db.internal.example']],
    ['db.internal', 5, ['db.internal.prod.example', 'db.internal.example', 'db.internal']],
    ['db.', 1, ['db']],
  ])('%s with ndots %i', (host, ndots, expected) => {
    expect(candidates(host, { search, ndots })).toEqual(expected);
  });
});
