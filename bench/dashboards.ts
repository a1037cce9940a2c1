import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { ask, type Span } from '../test/support/dashboards/asked.ts';
import { pictureOf } from '../test/support/dashboards/picture.ts';
import { startScene } from '../test/support/dashboards/scene.ts';

// Draws each dashboard with what a real Prometheus answers to its queries, over services under load and faults:
//   node bench/dashboards.ts FOLDER      a page each, and a picture where Chromium is installed
// It stands in for Grafana, to judge a layout by eye; Grafana itself draws better.

const NAMES = ['overview', 'http', 'postgres', 'redis', 'kafka', 'outrider'];
const CHROMIUM = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'];
const CALM_MS = 45_000;
const TROUBLE_MS = 40_000;

const { positionals } = parseArgs({ allowPositionals: true });
const [folder = join('data', 'dashboards')] = positionals;
await mkdir(folder, { recursive: true });
await using scene = await startScene(CALM_MS, TROUBLE_MS);
const to = Math.floor(Date.now() / 1000);
const span: Span = { from: to - (CALM_MS + TROUBLE_MS) / 1000, to, step: 1 };

for (const name of NAMES) {
  const text = await readFile(join(import.meta.dirname, '..', 'dashboards', `${name}.json`), 'utf8');
  const made: Dashboard = JSON.parse(text);
  const page = join(folder, `${name}.html`);
  await writeFile(page, await pictureOf(made, span, (asked) => ask(scene.prometheusUrl, asked, span)));
  const lines = Math.max(...(made.panels ?? []).map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
  const size = `--window-size=1900,${lines * 38 + 90}`;
  const picture = `--screenshot=${join(folder, `${name}.png`)}`;
  await promisify(execFile)('chromium', [...CHROMIUM, size, picture, page]).catch(() => undefined);
  process.stdout.write(`${page}\n`);
}
