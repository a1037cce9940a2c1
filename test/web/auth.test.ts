import { describe, expect, it } from 'vitest';
import { createAttempts } from '../../src/web/attempts.ts';
import { bearerOf, createAuth } from '../../src/web/auth.ts';
import { bearer, from, siteOf, withTokens } from '../support/site.ts';

describe('the bearer token of a header', () => {
  it.each([
    [undefined, undefined],
    ['Bearer abc', 'abc'],
    ['bearer   abc ', 'abc'],
    ['Bearer', ''],
    ['Basic dXNlcjpwYXNz', undefined],
    ['Bearerabc', undefined],
  ])('%j is %j', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });
});

describe('a token', () => {
  it('with several scopes has the highest of them', () => {
    const auth = createAuth({
      read: 'token',
      tokens: [{ name: 'a', token: { reveal: () => 'abcd' }, scopes: ['metrics', 'write'] }],
    });
    expect(auth.check('write', 'abcd')).toEqual({ ok: true, name: 'a' });
    expect(auth.check('admin', 'abcd')).toEqual({ ok: false, why: 'insufficient' });
  });

  it('without a scope may do nothing that is not public', () => {
    const auth = createAuth({ read: 'token', tokens: [{ name: 'a', token: { reveal: () => 'abcd' }, scopes: [] }] });
    expect(auth.check('metrics', 'abcd')).toEqual({ ok: false, why: 'insufficient' });
  });

  it.each(['', 'abc', 'abcde', 'ABCD'])('is not matched by %j', (guess) => {
    const auth = createAuth({
      read: 'public',
      tokens: [{ name: 'a', token: { reveal: () => 'abcd' }, scopes: ['admin'] }],
    });
    expect(auth.check('read', guess)).toEqual({ ok: false, why: 'wrong' });
  });
});

describe('wrong tokens', () => {
  const reload = (site: ReturnType<typeof siteOf>, address: string, headers: Record<string, string>) =>
    site.hono.request('/-/reload', { method: 'POST', headers }, from(address));
  const guess = { Authorization: 'Bearer otr_guess' };

  it('are answered with 429 after ten within a minute, also for the right one, and told when to come back', async () => {
    const site = siteOf(undefined, { auth: withTokens('public', 'admin') });
    for (let tried = 0; tried < 10; tried += 1) expect((await reload(site, '192.0.2.1', guess)).status).toBe(401);
    site.clock.at = 20_000;
    const refused = await reload(site, '192.0.2.1', bearer('admin'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe('40');
    site.clock.at = 60_000;
    expect((await reload(site, '192.0.2.1', bearer('admin'))).status).toBe(200);
  });

  it('of one address lock out no other address and no reader', async () => {
    const site = siteOf(undefined, { auth: withTokens('public', 'admin') });
    for (let tried = 0; tried < 20; tried += 1) await reload(site, '192.0.2.1', guess);
    expect((await reload(site, '192.0.2.2', bearer('admin'))).status).toBe(200);
    expect((await site.hono.request('/api/v1/targets', {}, from('192.0.2.1'))).status).toBe(200);
  });

  it('are forgiven by no reload', async () => {
    const site = siteOf(undefined, { auth: withTokens('public', 'admin') });
    for (let tried = 0; tried < 10; tried += 1) await reload(site, '192.0.2.1', guess);
    site.update({ auth: withTokens('public', 'admin'), externalUrl: undefined });
    expect((await reload(site, '192.0.2.1', guess)).status).toBe(429);
  });
});

describe('an address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::1', '::2', true],
    ['192.0.2.1', '192.0.2.2', false],
  ])('%s and %s are the same client: %s', (one, other, same) => {
    const attempts = createAttempts();
    for (let tried = 0; tried < 10; tried += 1) attempts.failed(one, 0);
    expect(attempts.waitMs(other, 0) > 0).toBe(same);
  });

  it('is forgotten before the memory fills up', () => {
    const attempts = createAttempts();
    for (let tried = 0; tried < 10; tried += 1) attempts.failed('192.0.2.1', 0);
    for (let other = 0; other < 10_000; other += 1)
      attempts.failed(`10.${other >> 16}.${(other >> 8) & 255}.${other & 255}`, 0);
    expect(attempts.waitMs('192.0.2.1', 0)).toBe(0);
  });
});

describe('a reload of the config', () => {
  it('takes a token away and gives another at once', async () => {
    const site = siteOf(undefined, { auth: withTokens('public', 'admin') });
    site.update({
      auth: { read: 'public', tokens: [{ name: 'b', token: { reveal: () => 'other' }, scopes: ['admin'] }] },
      externalUrl: undefined,
    });
    const reload = (headers: Record<string, string>) => site.hono.request('/-/reload', { method: 'POST', headers });
    expect((await reload(bearer('admin'))).status).toBe(401);
    expect((await reload({ Authorization: 'Bearer other' })).status).toBe(200);
  });
});
