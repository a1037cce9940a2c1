import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertView, NOW_MS, siteOf, targetView, viewOf } from '../support/site.ts';

/** Reads a list to its end along its Link headers. */
async function wholeList(site: ReturnType<typeof siteOf>, first: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let path: string | undefined = first;
  while (path !== undefined) {
    const response: Response = await site.hono.request(path);
    rows.push(...((await response.json()) as Record<string, unknown>[]));
    const reference = /^<([^>]*)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1];
    path = reference === undefined ? undefined : new URL(reference, new URL(path, 'http://outrider')).href;
  }
  return rows;
}

describe('a list', () => {
  it('of targets comes by name, each exactly once, whatever the page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1 })),
        fc.integer({ min: 1, max: 12 }),
        async (names, limit) => {
          const site = siteOf(viewOf({ targets: names.map((name) => targetView({ name })) }));
          const listed = await wholeList(site, `/api/v1/targets?limit=${limit}`);
          expect(listed.map((row) => row['name'])).toEqual(names.toSorted());
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of alerts comes newest first, each exactly once, whatever the page size', async () => {
    const age = fc.integer({ min: 0, max: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(age, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), async (ages, limit) => {
        const alerts = ages.map((minutes, place) =>
          alertView({
            target: 'api',
            fingerprint: place.toString(16).padStart(16, '0'),
            startsAtMs: NOW_MS - minutes * 60_000,
          }),
        );
        const listed = await wholeList(siteOf(viewOf({ alerts })), `/api/v1/alerts?limit=${limit}`);
        expect(listed.map((row) => row['fingerprint']).toSorted()).toEqual(
          alerts.map((alert) => alert.fingerprint).toSorted(),
        );
        const since = listed.map((row) => String(row['since']));
        expect(since).toEqual(since.toSorted().toReversed());
      }),
      { numRuns: 50 },
    );
  });

  it('goes on after a target that a reload took away', async () => {
    const site = siteOf(viewOf({ targets: ['a', 'c'].map((name) => targetView({ name })) }));
    expect(await (await site.hono.request('/api/v1/targets?after=b')).json()).toMatchObject([{ name: 'c' }]);
  });

  it.each(['0', '1001', '-1', 'x', '1.5', ''])('refuses the limit %j and says where the mistake is', async (limit) => {
    const response = await siteOf().hono.request(`/api/v1/targets?limit=${limit}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ parameter: 'limit', detail: `expected a number from 1 to 1000, got "${limit}"` }],
    });
  });

  it('refuses a cursor that no page gave', async () => {
    expect((await siteOf().hono.request('/api/v1/alerts?after=yesterday')).status).toBe(400);
  });
});
