import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, peerOf } from '../../../src/probe/postgres/address.ts';
import { postgres } from '../../../src/probe/postgres/type.ts';

const of = (keys: Readonly<Record<string, unknown>>) => addressOf(postgres.schema.parse({ type: 'postgres', ...keys }));

describe('where a target is', () => {
  it.each([
    ['postgres://db.example', { host: 'db.example', port: 5432, user: 'postgres', database: 'postgres' }],
    ['postgresql://app@db.example:5433/shop', { host: 'db.example', port: 5433, user: 'app', database: 'shop' }],
    ['postgresql+asyncpg://app:p@db/shop', { host: 'db', user: 'app', password: 'p', database: 'shop' }],
    ['postgres://app@db', { user: 'app', database: 'app' }],
    ['postgres://app:p%40ss%2Fword@db/my%20shop', { password: 'p@ss/word', database: 'my shop' }],
    ['postgres://app:100%@db', { password: '100%' }],
    ['postgres://app:p@ss@db', { host: 'db', password: 'p@ss' }],
    ['postgres://[::1]:5433/shop', { host: '::1', port: 5433 }],
    ['postgresql:///shop?host=/run/postgresql&user=app', { host: '/run/postgresql', user: 'app', database: 'shop' }],
    ['postgres://db/shop?connect_timeout=3&anything=else', { host: 'db', database: 'shop', sslMode: 'prefer' }],
    ['postgres://db?sslmode=verify-full', { sslMode: 'verify-full' }],
    ['postgres://db?ssl=require', { sslMode: 'require' }],
    ['postgres://db?ssl=true', { sslMode: 'require' }],
    ['postgres://db?sslmode=allow', { sslMode: 'prefer' }],
    ['postgres://db?sslmode=require&sslrootcert=ca.pem', { sslMode: 'verify-ca', ca: 'ca.pem' }],
    ['postgres://db?sslmode=verify-full&sslrootcert=system', { sslMode: 'verify-full', ca: undefined }],
  ])('is read from %s', (url, expected) => {
    expect(of({ url })).toMatchObject(expected);
  });

  it('is what stands beside the URL, taken literally', () => {
    const url = 'postgres://one:two@db/three';
    expect(of({ url, username: 'u%40', password: 'p%40', database: 'd' })).toMatchObject({
      user: 'u%40',
      password: 'p%40',
      database: 'd',
    });
  });

  it('gives back any user, password and database that were encoded', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        expect(of({ url: `postgres://${u}:${p}@db/${d}` })).toMatchObject({ user, password, database });
      }),
    );
  });

  it.each([
    [{ tls: { ca: 'ca.pem' } }, 'verify-full'],
    [{ tls: { insecure_skip_verify: true } }, 'verify-full'],
    [{ tls: { ca: 'ca.pem' }, sslmode: 'require' }, 'verify-ca'],
    [{ sslmode: 'require' }, 'require'],
    [{}, 'prefer'],
  ])('is asked with the mode that %j means', (keys, mode) => {
    expect(of({ host: 'db', ...keys }).sslMode).toBe(mode);
  });

  it.each([
    [{ host: 'db', port: 5432 }, 'db:5432'],
    [{ host: '::1', port: 5432 }, '[::1]:5432'],
    [{ host: '/run/postgresql', port: 5432 }, '/run/postgresql/.s.PGSQL.5432'],
  ])('is called in messages as in %j', (address, name) => {
    expect(peerOf(address)).toBe(name);
  });
});
