import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panelsOf } from '../../support/dashboards/asked.ts';
import { builtIn, madeOf } from './made.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The SDK's types as JSON has them: enums are their values, and there are no methods. */
const HEAD = `import type * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as text from '@grafana/grafana-foundation-sdk/text';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
type Data<T> = 0 extends 1 & T ? any : T extends string ? \`\${T}\` : T extends number ? number : T extends boolean | null | undefined ? T
  : T extends readonly (infer U)[] ? Data<U>[] : T extends object
  ? { [K in keyof T as NonNullable<T[K]> extends (...args: never[]) => unknown ? never : K]: Data<T[K]> } : T;
`;

const MODULES: Readonly<Record<string, { readonly module: string; readonly isPlotted: boolean }>> = {
  timeseries: { module: 'timeseries', isPlotted: true },
  'state-timeline': { module: 'statetimeline', isPlotted: true },
  table: { module: 'table', isPlotted: false },
  stat: { module: 'stat', isPlotted: false },
  bargauge: { module: 'bargauge', isPlotted: false },
  text: { module: 'text', isPlotted: false },
};

const typed = (value: unknown, type: string): string => `(${JSON.stringify(value)}) satisfies Data<${type}>;\n`;

function panelText({ type, options, fieldConfig, targets = [], gridPos }: Panel): string {
  const known = MODULES[type];
  if (known === undefined) throw new Error(`no type for a panel of kind ${type}`);
  const custom = fieldConfig?.defaults.custom ?? {};
  return [
    typed(options, `${known.module}.Options`),
    ...(known.isPlotted ? [typed(custom, `${known.module}.FieldConfig`)] : []),
    ...targets.map((target) => typed(target, 'prometheus.Dataquery')),
    typed(gridPos, 'dashboard.GridPos'),
  ].join('');
}

/** A program that TypeScript accepts only if the dashboard is as the SDK says. */
const programOf = (made: Dashboard): string =>
  HEAD + typed(made, 'dashboard.Dashboard') + panelsOf(made).map(panelText).join('');

function compiled(folder: string, files: readonly string[]): Promise<string> {
  const flags = [
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2025',
  ];
  return new Promise((resolve) => {
    execFile(join(ROOT, 'node_modules/.bin/tsc'), [...flags, ...files], { cwd: folder }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

describe('the types of Grafana’s SDK', () => {
  let folder: string;
  beforeAll(async () => {
    await mkdir(join(ROOT, '.cache'), { recursive: true });
    folder = await mkdtemp(join(ROOT, '.cache', 'dashboards-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('fit every dashboard, each panel’s options, curves and queries', async () => {
    const own = await madeOf(`
service: shop
targets:
  - { name: api, type: http, url: "http://api/", slo: 99.9% over 30d, alerts: [{ name: Odd, when: deviation(duration) over 15m > 50% }] }
  - { name: web, type: http, url: "http://web/", alerts: [{ name: HttpSlow, when: p95(duration) over 15m > 2s }] }
`);
    const all = {
      ...builtIn(),
      ...Object.fromEntries(Object.entries(own).map(([name, each]) => [`own-${name}`, each])),
    };
    const files = Object.keys(all).map((name) => `${name}.mts`);
    for (const [name, made] of Object.entries(all)) await writeFile(join(folder, `${name}.mts`), programOf(made));
    expect(await compiled(folder, files)).toBe('');
  }, 60_000);

  it('refuse what is not so', async () => {
    const { http } = builtIn();
    if (http === undefined) throw new Error('there is no http');
    const program = programOf(http);
    const wrong = [
      program.replaceAll('"schemaVersion":42', '"schemaVersion":"42"'),
      program.replaceAll('"showPoints":"never"', '"showPoints":"sometimes"'),
      program.replaceAll('"legendFormat":', '"legend":'),
      program.replaceAll('"displayMode":"list"', '"displayMode":"lists"'),
    ];
    for (const [index, text] of wrong.entries()) await writeFile(join(folder, `wrong-${index}.mts`), text);
    const said = await compiled(
      folder,
      wrong.map((_, index) => `wrong-${index}.mts`),
    );
    for (const index of wrong.keys()) expect(said).toContain(`wrong-${index}.mts`);
  }, 60_000);
});
