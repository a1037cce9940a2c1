import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { panelsOf } from '../../support/dashboards/asked.ts';
import { builtIn, madeOf, panelOf } from './made.ts';

const KINDS = ['timeseries', 'stat', 'table', 'state-timeline', 'bargauge', 'text'];
const OVERVIEW_ROWS = 24;

const SHOP = `
service: shop
external_url: https://ops.example.com/outrider/
severities: [{ name: P1 }, { name: P2 }]
targets:
  - { name: api, type: http, url: "http://api/", slo: 99.9% over 30d, measure: { pool_used: { json: $.used, unit: "%" } } }
  - { name: cache, type: redis, url: "redis://cache", runbook: "https://wiki.example.com/cache" }
  - { name: off, type: kafka, brokers: ["kafka:9092"], enabled: false }
`;

describe('every dashboard', () => {
  const all = Object.entries(builtIn());
  it('is there, with a uid that stays', () => {
    expect(Object.fromEntries(all.map(([name, { uid }]) => [name, uid]))).toEqual({
      overview: 'outrider-overview',
      http: 'outrider-http',
      postgres: 'outrider-postgres',
      redis: 'outrider-redis',
      kafka: 'outrider-kafka',
      outrider: 'outrider-outrider',
    });
  });

  it.each(all)('%s: each panel says what it shows, in a unit, of a kind that Grafana still has', (_, dashboard) => {
    const panels = panelsOf(dashboard);
    expect(panels.length).toBeGreaterThan(8);
    for (const panel of panels) {
      expect(KINDS, panel.title).toContain(panel.type);
      expect(panel.description?.length, panel.title).toBeGreaterThan(10);
      if (panel.type === 'text') continue;
      expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy();
      expect(panel.datasource, panel.title).toEqual({ type: 'prometheus', uid: `\${datasource}` });
    }
  });

  it.each(all)('%s: panels have titles and ids of their own, and none lies upon another', (_, { panels = [] }) => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos = { x: 0, y: 0, w: 0, h: 0 } } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), title).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
  });

  it.each(all)('%s: chooses its data source, and marks what happened', (name, { templating, annotations }) => {
    const variables = templating?.list?.map((each) => each.name);
    expect(variables).toEqual(
      name === 'outrider' ? ['datasource', 'instance'] : ['datasource', 'service', 'target', 'outrider', 'runbooks'],
    );
    expect(annotations?.list?.map((each) => each.name)).toContain(name === 'outrider' ? 'Config read' : 'Alerts');
  });

  it('answers what is broken, since when and how bad on the first screen', () => {
    const { overview } = builtIn();
    const first = (panel: Panel): boolean => (panel.gridPos?.y ?? 0) + (panel.gridPos?.h ?? 0) <= OVERVIEW_ROWS;
    const titles =
      overview === undefined
        ? []
        : panelsOf(overview)
            .filter(first)
            .map(({ title }) => title);
    expect(titles).toEqual([
      'Targets down',
      'Alerts that fire, by severity',
      'Nobody knows',
      'Told to nobody',
      'First failed probe',
      'Alerts',
      'Targets that are down',
      'Verdict over time',
      'Up, of the time shown',
    ]);
  });
});

describe('the dashboards of a config', () => {
  it('are those of the types that it probes, under uids of their own', async () => {
    const made = await madeOf(SHOP);
    expect(Object.values(made).map(({ uid }) => uid)).toEqual([
      'outrider-shop-overview',
      'outrider-shop-http',
      'outrider-shop-redis',
      'outrider-shop-outrider',
    ]);
  });

  it('show what it measures by itself, in its unit', async () => {
    const { http } = await madeOf(SHOP);
    expect(panelOf(http, 'Pool used').fieldConfig?.defaults.unit).toBe('percentunit');
  });

  it('show the error budgets of its objectives, and its severities', async () => {
    const { overview } = await madeOf(SHOP);
    expect(JSON.stringify(panelOf(overview, 'Error budget that is left').targets)).toContain('/ 0.001');
    expect(panelOf(overview, 'Alerts that fire, by severity').targets).toHaveLength(2);
  });

  it('link to Outrider where it is reached, and to runbooks', async () => {
    const { redis } = await madeOf(SHOP, 'https://runbooks.example.com/');
    const variable = (name: string) => redis?.templating?.list?.find((each) => each.name === name)?.query;
    expect(variable('outrider')).toBe('https://ops.example.com/outrider');
    expect(variable('runbooks')).toBe('https://runbooks.example.com');
    const { http } = await madeOf(SHOP);
    const urls = (panel: Panel) => panel.links?.map(({ url }) => url);
    expect(urls(panelOf(redis, 'Time to answer'))).toEqual(['https://wiki.example.com/cache']);
    expect(urls(panelOf(http, 'Time to answer'))).toEqual([`\${runbooks}/HttpSlow.md`]);
  });

  it('have a uid that Grafana takes, however long the service is called', async () => {
    const { overview } = await madeOf(SHOP.replace('service: shop', `service: ${'long-'.repeat(12)}name`));
    expect(overview?.uid).toMatch(/^outrider-long-.*-overview$/);
    expect(overview?.uid?.length).toBeLessThanOrEqual(40);
  });

  it('leave out what only an exporter’s names tell where they are switched off', async () => {
    const { redis } = await madeOf(`${SHOP}metrics: { exporter_names: [http] }\n`);
    expect(() => panelOf(redis, 'Time spent by command')).toThrow('no panel');
    expect(JSON.stringify(panelOf(redis, 'Memory in use'))).toContain('outrider_redis_memory_used_bytes');
  });
});
