import { expect, it } from 'vitest';
import { alertView, targetView, viewOf } from '../support/site.ts';
import { type } from './terminal.ts';
import { watch } from './watched.ts';

const agoMs = (ms: number) => Date.now() - ms;
const up = targetView({ name: 'cache', type: 'redis', sinceMs: agoMs(7_250_000), lastProbeMs: agoMs(4200) });
const down = targetView({
  name: 'database',
  type: 'postgres',
  status: 'down',
  reason: 'refused',
  message: 'connection refused by 127.0.0.1:5432',
  sinceMs: agoMs(90_500),
  lastProbeMs: agoMs(1500),
});
const degraded = targetView({ name: 'api', alerts: [alertView({ target: 'api', labels: { alertname: 'HttpSlow' } })] });

const columns = (out: string): readonly (readonly string[])[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

it('the targets are a table, the gravest first, and one that is down is exit 1', async () => {
  await using watched = await watch(viewOf({ targets: [up, degraded, down] }));
  const { code, out, err } = await watched.type(['status']);
  expect([code, err]).toEqual([1, '']);
  const rows = columns(out);
  expect(rows[0]).toEqual(['TARGET', 'TYPE', 'STATUS', 'FOR', 'PROBED', 'TOOK', 'WHY']);
  expect(rows.slice(1).map(([name, , status]) => [name, status])).toEqual([
    ['database', 'down'],
    ['api', 'degraded'],
    ['cache', 'up'],
  ]);
  expect(rows[1]?.slice(2)).toEqual(['down', '1m30s', '1s ago', '12.5 ms', 'connection refused by 127.0.0.1:5432']);
  expect(rows[2]?.at(-1)).toBe('HttpSlow');
  expect(rows[3]?.slice(3, 5)).toEqual(['2h', '4s ago']);
});

it('all up is exit 0', async () => {
  await using watched = await watch(viewOf({ targets: [up, degraded] }));
  expect((await watched.type(['status'])).code).toBe(0);
});

it('many targets are read page by page', async () => {
  const targets = Array.from({ length: 2300 }, (_, index) => targetView({ name: `target-${index}` }));
  await using watched = await watch(viewOf({ targets }));
  expect(columns((await watched.type(['status'])).out)).toHaveLength(2301);
});

it('--json is the answer of the API', async () => {
  await using watched = await watch(viewOf({ targets: [down, up] }));
  const { code, out } = await watched.type(['status', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual(await (await fetch(`${watched.url}/api/v1/targets`)).json());
});

it('what a service said moves no cursor and stays on its line', async () => {
  const message = 'bad\n\u001b[2Jgone\u202e';
  await using watched = await watch(viewOf({ targets: [{ ...down, message }] }));
  const { out } = await watched.type(['status']);
  expect(columns(out)).toHaveLength(2);
  expect(columns(out)[1]?.at(-1)).toBe('bad [2Jgone');
});

it('colours are on a terminal only, and move no column', async () => {
  const view = viewOf({ targets: [down, up] });
  await using watched = await watch(view);
  const plain = (await watched.type(['status'])).out;
  const styled = await type(['status', '--url', watched.url], {}, { style: (style, text) => `<${style}>${text}</>` });
  expect(styled.out).toContain('<red>down</>');
  expect(styled.out.replace(/<[^>]*>/g, '')).toBe(plain);
});
