import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';

const TOKENS = {
  admin: 'otr_the-token-of-an-admin',
  read: 'otr_the-token-of-a-reader',
  metrics: 'otr_the-token-of-prometheus',
} as const;

describe('who may do what on a running daemon', () => {
  let server: HttpServer;
  let outrider: Outrider;

  const config = (auth = '') => `
service: shop
targets: [{ name: api, type: http, url: "${server.url}" }]
${auth}`;
  const token = (...names: readonly (keyof typeof TOKENS)[]) =>
    names.map((name) => `{ name: ${name}, token: ${TOKENS[name]}, scopes: [${name}] }`).join(', ');
  const ask = async (path: string, bearer?: string, method = 'GET') => {
    const headers: Record<string, string> = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
    return (await fetch(outrider.url + path, { method, headers })).status;
  };
  const reload = (bearer?: string) => ask('/-/reload', bearer, 'POST');

  beforeAll(async () => {
    server = await startHttpServer((_request, response) => response.end());
    outrider = await startOutrider(config());
  });
  afterAll(() => Promise.all([outrider, server].map((one) => one?.[Symbol.asyncDispose]())));

  it('without a token in the config nobody reloads, and everybody reads', async () => {
    for (const bearer of [undefined, 'otr_guess', TOKENS.admin]) expect(await reload(bearer)).toBe(403);
    for (const path of ['/', '/metrics', '/api/v1/targets']) expect(await ask(path), path).toBe(200);
    expect(outrider.output()).not.toContain('config reloaded');
  });

  it('a SIGHUP gives tokens their force: the admin’s reloads, others do not', async () => {
    await outrider.reload(config(`auth: { tokens: [${token('admin', 'read')}] }`));
    expect(await reload()).toBe(401);
    expect(await reload('otr_guess')).toBe(401);
    expect(await reload(TOKENS.read)).toBe(403);
    expect(await reload(TOKENS.admin)).toBe(200);
    expect(await ask('/-/reload', TOKENS.admin, 'GET')).toBe(405);
    expect(await ask('/metrics')).toBe(200);
  });

  it('where only tokens read, Prometheus’ reads the metrics alone, and what a supervisor asks stays open', async () => {
    await outrider.reload(config(`auth: { read: token, tokens: [${token('admin', 'read', 'metrics')}] }`));
    const paths = ['/', '/targets/api', '/metrics', '/api/v1/targets', '/api/v1/alerts', '/-/healthy', '/-/ready'];
    const statuses = async (bearer?: string) => Promise.all(paths.map((path) => ask(path, bearer)));
    expect(await statuses()).toEqual([401, 401, 401, 401, 401, 200, 200]);
    expect(await statuses(TOKENS.metrics)).toEqual([403, 403, 200, 403, 403, 200, 200]);
    expect(await statuses(TOKENS.read)).toEqual([200, 200, 200, 200, 200, 200, 200]);
  });

  it('a token that leaves the config opens nothing any more', async () => {
    await outrider.reload(config(`auth: { tokens: [${token('read')}] }`));
    expect(await reload(TOKENS.admin)).toBe(401);
  });

  it('a config with a mistake takes nobody’s rights and gives none', async () => {
    await outrider.reload(config(`auth: { tokens: [${token('admin', 'read')}], users: oops }`));
    expect(await reload(TOKENS.admin)).toBe(401);
    expect(await ask('/api/v1/targets', TOKENS.read)).toBe(200);
  });
});
