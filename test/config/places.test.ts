import { describe, expect, it } from 'vitest';
import { placesOf } from '../../src/config/places.ts';
import { goodConfig } from '../support/config-folder.ts';

async function targetWith(keys: string) {
  const [only] = (
    await goodConfig(`service: shop\ntargets:\n  - { name: database, type: postgres, host: db-1.internal, ${keys} }\n`)
  ).targets;
  return only?.target;
}

describe('the place of a host', () => {
  it.each([
    'database',
    'nas.local',
    'db-1.internal',
    'printer.lan',
    'router.home.arpa',
    'api.shop.svc',
    'api.shop.svc.cluster.local',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.7',
    'fd00::1',
    '::ffff:10.0.0.1',
  ])('of one’s own network is the host: %s', (host) => {
    expect(placesOf([host])).toEqual([host]);
  });

  it.each([
    'localhost',
    'db.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '0.0.0.0',
    'example.com',
    'svc.example.com',
    'my-local.example.org',
    '8.8.8.8',
    '172.32.0.1',
    '2001:db8::1',
  ])('is none for loopback and beyond one’s own network: %s', (host) => {
    expect(placesOf([host])).toEqual([]);
  });

  it('is the same however the host is written', () => {
    expect(placesOf(['NAS.local.', 'nas.local', 'other'])).toEqual(['nas.local', 'other']);
  });
});

describe('the place of a target', () => {
  it.each([
    ['critical: true', ['db-1.internal']],
    ['place: rack-1', ['rack-1']],
    ['place: [rack-1, zone-b]', ['rack-1', 'zone-b']],
    ['place: []', []],
  ])('%s: %j', async (keys, places) => {
    expect((await targetWith(keys))?.places).toEqual(places);
  });
});

it.each([
  ['99.9% over 30d', { objective: 0.999, windowMs: 30 * 86_400_000 }],
  ['99.95%  over 4w', { objective: 0.9995, windowMs: 28 * 86_400_000 }],
  ['90% over 1h', { objective: 0.9, windowMs: 3_600_000 }],
])('an objective is a share and a window: %s', async (written, slo) => {
  expect((await targetWith(`slo: ${written}`))?.slo).toEqual(slo);
});
