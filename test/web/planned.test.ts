import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/core/change.ts';
import type { Maintenance } from '../../src/core/silence.ts';
import { bearer, NOW_MS } from '../support/site.ts';
import { asked, open, post } from './writing.ts';

const HOUR_MS = 3_600_000;

describe('maintenance', () => {
  const planned: Maintenance = {
    id: 'm1',
    name: 'nightly backup',
    targets: ['database'],
    groups: [],
    matchers: [],
    startsAtMs: NOW_MS + HOUR_MS,
    endsAtMs: NOW_MS + 2 * HOUR_MS,
  };

  it('is told with the expression by which it comes again', async () => {
    const site = open({ maintenance: () => [{ ...planned, recurring: { cron: '0 13 * * *', timezone: 'UTC' } }] });
    expect(await (await site.hono.request('/api/v1/maintenance')).json()).toEqual([
      {
        id: 'm1',
        name: 'nightly backup',
        targets: ['database'],
        startsAt: '2026-03-01T13:00:00.000Z',
        endsAt: '2026-03-01T14:00:00.000Z',
        recurring: { cron: '0 13 * * *', timezone: 'UTC' },
        status: { state: 'pending' },
      },
    ]);
  });

  it('is planned for targets, groups or matchers', async () => {
    const { calls, site } = asked('planMaintenance');
    const body = { name: 'upgrade', groups: ['shop'], endsAt: '2026-03-01T13:00:00+00:30' };
    expect((await post(site, '/api/v1/maintenance', body)).status).toBe(201);
    expect(calls).toEqual([
      {
        name: 'upgrade',
        targets: [],
        groups: ['shop'],
        matchers: [],
        startsAtMs: NOW_MS,
        endsAtMs: NOW_MS + HOUR_MS / 2,
      },
    ]);
    expect(site.log.lines).toHaveLength(1);
  });

  it.each([
    [
      { name: 'x', endsAt: '2026-03-01T13:00:00Z' },
      '#',
      'names nothing that it is for: expected targets, groups or matchers',
    ],
    [
      { name: 'x', targets: ['api', 'databse'], endsAt: '2026-03-01T13:00:00Z' },
      '#/targets/1',
      'there is no target "databse"; did you mean "database"?',
    ],
  ])('%j is refused', async (body, pointer, detail) => {
    const { calls, site } = asked('planMaintenance');
    const response = await post(site, '/api/v1/maintenance', body);
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ pointer, detail }] }]);
    expect(calls).toEqual([]);
  });

  it.each([
    ['ended', 204],
    ['unknown', 404],
    ['recurring', 409],
  ] as const)('that is %s is answered to DELETE with %i', async (outcome, status) => {
    const site = open({ cancelMaintenance: () => outcome });
    const response = await site.hono.request('/api/v1/maintenance/m1', { method: 'DELETE', headers: bearer('write') });
    expect(response.status).toBe(status);
  });
});

describe('deployments', () => {
  it('are marked with what is given, and told', async () => {
    const { calls, site } = asked('deploy');
    const body = { version: '1.4.2', service: 'api', targets: ['api'], grace: '3m', url: 'https://ci.example/7' };
    const response = await post(site, '/api/v1/deployments', { ...body, by: 'ci', at: '2026-03-01T11:00:00Z' });
    const told = { id: '1', ...body, by: 'ci', at: '2026-03-01T11:00:00.000Z' };
    expect([response.status, await response.json()]).toEqual([201, told]);
    const [deployment] = calls as [Omit<Deployment, 'id'>];
    expect(deployment).toEqual({
      version: '1.4.2',
      service: 'api',
      targets: ['api'],
      url: 'https://ci.example/7',
      by: 'ci',
      atMs: NOW_MS - HOUR_MS,
      graceMs: 180_000,
    });
    const listed = open({ deployments: () => [{ ...deployment, id: '1' }] });
    expect(await (await listed.hono.request('/api/v1/deployments')).json()).toEqual([told]);
  });

  it('are now and by the token’s name where nothing is said', async () => {
    const { calls, site } = asked('deploy');
    expect((await post(site, '/api/v1/deployments', { version: '2' })).status).toBe(201);
    expect(calls).toMatchObject([{ version: '2', atMs: NOW_MS, by: 'write', graceMs: 0 }]);
  });

  it.each([
    [{}, '#/version', 'missing; expected a text'],
    [{ version: '' }, '#/version', 'must not be empty'],
    [{ version: '1', grace: 3 }, '#/grace', 'expected a text, got a number'],
    [{ version: '1', grace: '3 minutes' }, '#/grace', 'expected a duration of at most 24h, such as 3m'],
    [{ version: '1', url: 'javascript:alert(1)' }, '#/url', 'expected a URL that begins with http:// or https://'],
    [{ version: '1', targets: ['apii'] }, '#/targets/0', 'there is no target "apii"; did you mean "api"?'],
    [{ version: '1', targets: [] }, '#/targets', 'names no target; leave it out for all'],
    [{ version: '1', at: '2026-03-01T13:00:00Z' }, '#/at', 'lies in the future: mark what has happened'],
    [
      { version: '1', tag: 'x' },
      '#/tag',
      'unknown key "tag"; expected one of service, version, at, by, url, targets, grace',
    ],
  ])('%j is refused', async (body, pointer, detail) => {
    const { calls, site } = asked('deploy');
    const response = await post(site, '/api/v1/deployments', body);
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ pointer, detail }] }]);
    expect(calls).toEqual([]);
  });
});
