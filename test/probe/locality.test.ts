import { describe, expect, it } from 'vitest';
import { type Locality, localityOfAddress, localityOfHost, together } from '../../src/probe/locality.ts';

it.each<[string, Locality]>([
  ['127.0.0.1', 'here'],
  ['127.0.1.1', 'here'],
  ['::1', 'here'],
  ['0.0.0.0', 'here'],
  ['::ffff:127.0.0.1', 'here'],
  ['10.0.0.5', 'near'],
  ['172.16.0.1', 'near'],
  ['172.31.255.255', 'near'],
  ['192.168.1.20', 'near'],
  ['100.64.0.1', 'near'],
  ['169.254.169.254', 'near'],
  ['::ffff:10.0.0.5', 'near'],
  ['fd00::5', 'near'],
  ['fe80::1', 'near'],
  ['172.32.0.1', 'far'],
  ['11.0.0.1', 'far'],
  ['1.1.1.1', 'far'],
  ['2606:4700:4700::1111', 'far'],
])('%s is %s', (address, where) => {
  expect(localityOfAddress(address)).toBe(where);
  expect(localityOfHost(address)).toBe(where);
  expect(localityOfHost(`[${address}]`)).toBe(where);
});

describe('by its name alone', () => {
  it.each(['localhost', 'LOCALHOST', 'localhost.', 'shop.localhost', '/run/postgresql'])('%s is here', (host) =>
    expect(localityOfHost(host)).toBe('here'),
  );
  it.each(['database', 'api.example.com'])('of %s nothing is known', (host) =>
    expect(localityOfHost(host)).toBeUndefined(),
  );
});

it.each<[Locality[], Locality]>([
  [[], 'here'],
  [['here', 'here'], 'here'],
  [['here', 'near'], 'near'],
  [['here', 'far'], 'far'],
  [['near', 'far'], 'near'],
  [['far', 'far'], 'far'],
])('%j together are %s', (places, where) => expect(together(places)).toBe(where));
