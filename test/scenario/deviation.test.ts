import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/core/history.ts';
import { openHistorian } from '../../src/historian.ts';
import { openOwnMetrics } from '../../src/observe/own.ts';
import { goodConfig } from '../support/config-folder.ts';
import { minuteOf, setClock, startPast } from '../support/past.ts';
import { scenario } from '../support/scenario.ts';
import { keepingLog } from '../support/site.ts';
import { until } from '../support/wait.ts';

/** When scenarios begin. */
const START_MS = Date.UTC(2026, 0, 1);
const CONFIG = `
service: shop
targets:
  - name: api
    type: http
    url: http://127.0.0.1:1/
    interval: 30s
    builtin_alerts: none
    alerts: [{ name: Unusual, when: deviation(duration) over 5m > 50%, severity: P2 }]
`;

/** A target whose probes took so many seconds at this hour of each of the days before. */
async function withPast(days: readonly (readonly number[])[]) {
  const config = await goodConfig(CONFIG);
  const past = await startPast();
  const before = past.open();
  const rows = days.flatMap((durations, day) =>
    durations.map((one, index) => minuteOf('api', START_MS - (day + 1) * DAY_MS + index * MINUTE_MS, [one])),
  );
  await before.append(rows, []);
  await before[Symbol.asyncDispose]();
  const history = past.open();
  const own = openOwnMetrics({ version: '1', revision: '1' });
  const historian = openHistorian({ history, clock: setClock(START_MS + MINUTE_MS), log: keepingLog(), own });
  historian.use(config);
  await until('history', async () => {
    historian.tick();
    return (await history.hourMeans('api', 'duration', [])).length === 0 ? true : undefined;
  });
  await until('what is usual', () => (days.length === 0 ? true : historian.usual('api', 'duration', {})));
  const told = scenario(
    config.targets.map(({ target }) => target),
    undefined,
    undefined,
    historian.usual,
  );
  const probes = (fromMinute: number, toMinute: number, tookMs: number) => {
    for (let second = fromMinute * 60; second < toMinute * 60; second += 30)
      told.at(`${second}s`).probe('api', 'scheduled', tookMs).up();
  };
  return {
    told,
    probes,
    [Symbol.asyncDispose]: async () => {
      await historian.stop();
      await history[Symbol.asyncDispose]();
      await past[Symbol.asyncDispose]();
    },
  };
}

describe('an alert on what is not as usual', () => {
  it('fires when probes take half as long again as at this hour of the days before, and ends when they no longer do', async () => {
    await using api = await withPast([[0.1, 0.1], [0.3], [], [0.2, 0.2]]);
    api.probes(0, 10, 290);
    api.told.at('10m').told();
    api.probes(10, 16, 330);
    api.told.at('16m').told('firing Unusual/api');
    expect(api.told.at('16m').alert('Unusual/api')?.value).toBeCloseTo(0.65, 5);
    api.probes(16, 22, 200);
    api.told.at('22m').told('resolved Unusual/api');
  });

  it('never fires where nothing is known of other days', async () => {
    await using api = await withPast([]);
    api.probes(0, 20, 5000);
    api.told.at('20m').told();
  });
});
