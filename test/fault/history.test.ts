import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { until } from '../support/wait.ts';

const NOON_MS = Date.UTC(2026, 0, 15, 12);
const HOUR_MS = 3_600_000;
const FACTOR = 20;

interface Shown {
  readonly uptime?: Readonly<Record<string, number>>;
  readonly durationsMs?: Readonly<Record<string, { readonly p50: number }>>;
}

interface History {
  readonly series: readonly {
    readonly points: readonly { readonly at: string; readonly up: number; readonly down: number }[];
  }[];
  readonly changes: readonly { readonly to: string; readonly alertname?: string }[];
}

let targets: Breakable;
let daemon: MortalDaemon;
beforeEach(async () => {
  targets = await startBreakable(1);
  const [name = ''] = targets.names;
  daemon = await openMortal(
    `
service: shop
startup_grace: 0s
targets:
  - { name: ${name}, type: http, url: "${targets.urlOf(name)}", interval: 10s, timeout: 9s }
`,
    { main: 'driven' },
  );
});
afterEach(async () => {
  await Promise.all([daemon, targets].map((one) => one[Symbol.asyncDispose]()));
});

const [from, to] = [NOON_MS - HOUR_MS, NOON_MS + 4 * HOUR_MS].map((ms) => new Date(ms).toISOString());
/** Asked again while it cannot be read: with this clock a read has a tenth of a second. */
async function history(name: string, step: string): Promise<History> {
  const path = `/api/v1/targets/${name}/history?from=${from}&to=${to}&step=${step}`;
  const { value } = await until('history', async () => {
    const response = await daemon.get(path);
    return response.ok ? response : undefined;
  });
  return (await value.json()) as History;
}
const pointsOf = async (name: string, step: string) => (await history(name, step)).series[0]?.points ?? [];

describe('a daemon that is killed', () => {
  it('knows afterwards how its targets fared before, by the minute, by the hour and in their uptime', async () => {
    const [name = ''] = targets.names;
    await daemon.start({ clock: { factor: FACTOR, wallMs: NOON_MS } });
    await until('two minutes', async () => ((await pointsOf(name, '1m')).length >= 2 ? true : undefined), 60_000);
    targets.breakDown(name);
    const failed = async () => (await pointsOf(name, '1m')).some(({ down }) => down > 0) || undefined;
    await until('a minute with failures', failed, 60_000);
    const before = await pointsOf(name, '1m');
    await daemon.kill();

    targets.mend(name);
    await daemon.start({ clock: { factor: FACTOR, wallMs: NOON_MS + 2 * HOUR_MS } });
    const later = async () => {
      const points = await pointsOf(name, '1m');
      return points.length > before.length && points.at(-1)?.up !== 0 ? points : undefined;
    };
    const { value: after } = await until('another minute', later, 60_000);
    expect(after.slice(0, before.length)).toEqual(before);
    const hours = await pointsOf(name, '1h');
    expect(hours.map(({ at }) => at)).toEqual(['2026-01-15T12:00:00.000Z', '2026-01-15T14:00:00.000Z']);
    const sums = async (step: string) => {
      const points = await pointsOf(name, step);
      return ['up' as const, 'down' as const].map((of) => points.reduce((total, point) => total + point[of], 0)).join();
    };
    // Another minute may come between the two.
    const same = async () => ((await sums('1h')) === (await sums('1m')) ? true : undefined);
    await until('hours say what minutes say', same, 10_000);
    expect((await history(name, '1h')).changes.map(({ to, alertname }) => alertname ?? to)).toContain('down');
    const { value: shown } = await until('uptime', async () => {
      const one = await daemon.json<Shown>(`/api/v1/targets/${name}`);
      return one.uptime === undefined ? undefined : one;
    });
    const { uptime = {}, durationsMs = {} } = shown;
    expect(uptime['24h']).toBeGreaterThan(0);
    expect(uptime['24h']).toBeLessThan(1);
    expect(durationsMs['90d']?.p50).toBeGreaterThan(0);
  });
});
