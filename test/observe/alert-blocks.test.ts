import { expect, it } from 'vitest';
import { alertBlocks, maintenanceBlock } from '../../src/observe/alert-blocks.ts';
import { exposition } from '../../src/observe/exposition.ts';
import { alertView, NOW_MS } from '../support/site.ts';

async function text(blocks: Parameters<typeof exposition>[0]): Promise<string> {
  let all = '';
  for await (const chunk of exposition(blocks, 'text')) all += chunk;
  return all;
}
const lines = (all: string) => all.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

it('an alert that compares something shows with what, one that compares nothing does not', async () => {
  const slow = alertView({
    target: 'api',
    labels: { alertname: 'HttpSlow', target: 'api' },
    value: 1.2,
    threshold: 0.8,
  });
  const down = alertView({ target: 'db', labels: { alertname: 'PostgresDown', target: 'db' }, state: 'silenced' });
  expect(lines(await text(alertBlocks([slow, down])))).toEqual([
    'outrider_alerts{alertname="HttpSlow",target="api",state="firing"} 1',
    'outrider_alerts{alertname="PostgresDown",target="db",state="silenced"} 1',
    `outrider_alert_since_timestamp_seconds{alertname="HttpSlow",target="api"} ${NOW_MS / 1000 - 60}`,
    `outrider_alert_since_timestamp_seconds{alertname="PostgresDown",target="db"} ${NOW_MS / 1000 - 60}`,
    'outrider_alert_value{alertname="HttpSlow",target="api"} 1.2',
    'outrider_alert_threshold{alertname="HttpSlow",target="api"} 0.8',
  ]);
});

it.each([
  [0, '0'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NaN, 'NaN'],
])('a value of %d is written %s', async (value, written) => {
  const all = await text(alertBlocks([alertView({ target: 'a', labels: { alertname: 'A' }, value })]));
  expect(all).toContain(`outrider_alert_value{alertname="A"} ${written}\n`);
});

it('labels of alerts from elsewhere may be called anything; each name is written once', async () => {
  const labels = {
    'service.name': 'shop',
    service_name: 'own',
    '1st': 'x',
    größe: 'y',
    state: 'theirs',
    'a"b': 'q"\n',
  };
  const [line] = lines(await text(alertBlocks([alertView({ target: '', origin: 'external', labels })])));
  expect(line).toBe(
    'outrider_alerts{service_name="own",exported_state="theirs",state="firing",_st="x",gr__e="y",a_b="q\\"\\n"} 1',
  );
});

it('each target in maintenance is shown as 1', async () => {
  expect(lines(await text([maintenanceBlock(['api', 'a"b'])]))).toEqual([
    'outrider_maintenance{target="api"} 1',
    'outrider_maintenance{target="a\\"b"} 1',
  ]);
  expect(await text([maintenanceBlock([])])).toBe('');
});
