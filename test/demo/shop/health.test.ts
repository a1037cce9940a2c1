import { describe, expect, it } from 'vitest';
import { checkHealth, type Part } from '../../../demo/shop/health.ts';

const good = async () => undefined;
const bad = async () => {
  throw new Error('connection refused');
};
const part = (name: string, essential: boolean, check: () => Promise<void>): Part => ({ name, essential, check });

describe("the shop's health", () => {
  it.each([
    ['healthy', 'all parts answer', [part('database', true, good), part('cache', false, good)]],
    ['healthy', 'there are no parts', []],
    ['degraded', 'a part fails that it can do without', [part('database', true, good), part('cache', false, bad)]],
    ['unhealthy', 'an essential part fails', [part('database', true, bad), part('cache', false, bad)]],
  ] as const)('is %s when %s', async (status, _, parts) => {
    expect(await checkHealth(parts, 1_000)).toMatchObject({ status });
  });

  it('says why a part is down', async () => {
    const { checks } = await checkHealth([part('cache', false, bad)], 1_000);
    expect(checks['cache']).toMatchObject({ status: 'down', message: 'connection refused' });
  });

  it('does not wait for a part that never answers', async () => {
    const { checks } = await checkHealth([part('queue', true, () => new Promise(() => undefined))], 20);
    expect(checks['queue']).toMatchObject({ status: 'down', message: 'no answer within 20 ms' });
  });
});
