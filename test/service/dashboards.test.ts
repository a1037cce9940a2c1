import { readFileSync } from 'node:fs';
import type { AnnotationQuery, Dashboard, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardFiles } from '../../src/generate/dashboards/dashboards.ts';
import { setOf } from '../../src/generate/dashboards/set.ts';
import { goodConfig } from '../support/config-folder.ts';
import { exposedBy } from '../support/daemon.ts';
import { type Asked, ask, askedBy, panelsOf, type Span } from '../support/dashboards/asked.ts';
import { ofInstance, PUBLIC_DASHBOARDS } from '../support/dashboards/public.ts';
import { type Scene, startScene } from '../support/dashboards/scene.ts';

const BUILT_IN = ['overview', 'http', 'postgres', 'redis', 'kafka', 'outrider'];

/** Long enough for rates, short enough for a test. */
const CALM_MS = 10_000;
const TROUBLE_MS = 12_000;

describe('Grafana’s dashboards over real services under load and faults', () => {
  let scene: Scene;
  let span: Span;
  beforeAll(async () => {
    scene = await startScene(CALM_MS, TROUBLE_MS);
    const to = Math.floor(Date.now() / 1000);
    span = { from: to - Math.round((CALM_MS + TROUBLE_MS) / 1000), to, step: 1 };
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const made = (name: string): Dashboard =>
    JSON.parse(readFileSync(new URL(`../../dashboards/${name}.json`, import.meta.url), 'utf8'));
  const own = async (): Promise<readonly Dashboard[]> =>
    Object.values(dashboardFiles(setOf(await goodConfig(scene.config)))).map((text) => JSON.parse(text));

  /** The queries of a dashboard that find nothing but absent values; an error of Prometheus is thrown. */
  async function emptyIn(dashboard: Dashboard): Promise<readonly string[]> {
    const empty: string[] = [];
    for (const asked of askedBy(dashboard, span)) {
      const series = await ask(scene.prometheusUrl, asked, span);
      const isThere = series.some(({ values }) => values.some(([, value]) => Number.isFinite(value)));
      if (!isThere) empty.push(`${asked.dashboard}, ${asked.panel}: ${asked.expr}`);
    }
    return empty;
  }

  it.each(BUILT_IN)('%s.json: every query of every panel finds data', async (name) => {
    expect(await emptyIn(made(name))).toEqual([]);
  });

  it('of its own config: every query of every panel finds data', async () => {
    const boards = await own();
    expect(boards).toHaveLength(BUILT_IN.length);
    for (const board of boards) expect(await emptyIn(board)).toEqual([]);
  });

  it('find the values of every variable, and every mark', async () => {
    for (const dashboard of BUILT_IN.map(made)) {
      const variables: readonly VariableModel[] = dashboard.templating?.list ?? [];
      for (const { type, definition = '' } of variables.filter((each) => each.type === 'query')) {
        const { 1: series = '', 2: label = '' } = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
        const match = encodeURIComponent(series.replace('$service', '.*'));
        const answer = await fetch(`${scene.prometheusUrl}/api/v1/label/${label}/values?match[]=${match}`);
        const { data } = (await answer.json()) as { readonly data: readonly string[] };
        expect(data.length, `${type} ${definition}`).toBeGreaterThan(0);
      }
      const marks: readonly AnnotationQuery[] = dashboard.annotations?.list ?? [];
      expect(marks.length).toBeGreaterThan(0);
      for (const { expr = '' } of marks) {
        const query = { expr: expr.replaceAll(/\$(service|target|instance)/g, '.*'), isNow: false };
        expect(await ask(scene.prometheusUrl, query, span), expr).not.toEqual([]);
      }
    }
  });

  it('tell the alerts that the daemon tells, each once, with its state, since when and how bad', async () => {
    const panel = panelsOf(made('overview')).find(({ title }) => title === 'Alerts');
    const [since, value, threshold] = askedBy(
      { ...made('overview'), panels: panel === undefined ? [] : [panel] },
      span,
    );
    const told = async (asked: Asked | undefined) => (asked === undefined ? [] : ask(scene.prometheusUrl, asked, span));
    const named = (labels: Readonly<Record<string, string>>) =>
      `${labels['alertname']} ${labels['target'] ?? ''} ${labels['of']?.trim() ?? ''} ${labels['state']}`;
    const shown = (await told(since)).map(({ labels }) => named(labels)).sort();
    expect(shown).toEqual(expect.arrayContaining(['HttpDown api  firing', 'RedisDown sessions  firing']));
    expect(shown).toContain('Backlog jobs audit orders firing');
    expect(shown.some((alert) => /PoolHigh page .*suppressed/.test(alert))).toBe(true);
    expect(new Set(shown).size).toBe(shown.length);
    const exposed =
      (await exposedBy({ get: (path) => fetch(scene.outriderUrl + path), json: async () => undefined as never })).get(
        'outrider_alerts',
      ) ?? [];
    expect(shown).toHaveLength(exposed.filter(({ labels }) => labels['state'] !== 'pending').length);
    for (const { values } of await told(since)) expect(Date.now() - (values[0]?.[1] ?? 0)).toBeLessThan(120_000);
    expect(await told(value)).not.toEqual([]);
    const thresholds = (await told(threshold)).map(({ labels, values }) => [labels['alertname'], values[0]?.[1]]);
    expect(thresholds).toContainEqual(['Backlog', 200]);
    expect(thresholds).toContainEqual(['PoolHigh', 0.8]);
  });

  it('draw the lines at the thresholds that the daemon judges by', async () => {
    const boards = await own();
    const steps = (title: string) =>
      boards
        .flatMap((board) => panelsOf(board))
        .find((panel) => panel.title === title)
        ?.fieldConfig?.defaults.thresholds?.steps.map(({ value }) => value);
    expect(steps('Pool used')).toContain(0.8);
    // Backlog is of one of two targets: its line comes and goes with the choice.
    expect(JSON.stringify(boards)).toContain(
      '200 * max by (target) (outrider_target_info{target=~\\"$target\\",target=~\\"jobs\\"})',
    );
  });

  it.each(PUBLIC_DASHBOARDS)('$id ($title) that others published has data but for $empty', async (published) => {
    const empty: string[] = [];
    for (const [panel, all] of Object.entries(published.panels)) {
      const asked = all.map((series) => ({ expr: ofInstance(series, published.instance), isNow: true }));
      const found = await Promise.all(asked.map((one) => ask(scene.prometheusUrl, one, span)));
      if (found.some((series) => series.length === 0)) empty.push(panel);
    }
    expect(empty).toEqual(published.empty);
  });
});
