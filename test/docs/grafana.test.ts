import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { linesIn, madeOf, panelOf } from '../generate/dashboards/made.ts';
import { PUBLIC_DASHBOARDS } from '../support/dashboards/public.ts';

const fileOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PAGE = fileOf('docs/grafana.md');
const BLOCKS = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, body = '']) => body);

describe('docs/grafana.md', () => {
  it('draws its example’s line where it says', async () => {
    const { http } = await madeOf(BLOCKS.find((block) => block.startsWith('service:')) ?? '');
    expect(linesIn(panelOf(http, 'Time to answer'))).toEqual([0.8]);
  });

  it('mounts the folders as the compose file does', () => {
    interface Compose {
      readonly services: { readonly grafana: { readonly volumes: readonly string[] } };
    }
    const { services } = parse(fileOf('docker-compose.yml')) as Compose;
    const shown = parse(BLOCKS.find((block) => block.includes('grafana:')) ?? '') as Compose['services'];
    expect(services.grafana.volumes).toEqual(expect.arrayContaining([...shown.grafana.volumes]));
  });

  it.each(PUBLIC_DASHBOARDS)('names the panels of $id that stay empty', ({ id, title, empty }) => {
    const line = PAGE.split('\n').find(
      (each) => each.startsWith('|') && each.includes(/^\d+$/.test(id) ? `[${id}]` : 'mixin'),
    );
    expect(line, title).toBeDefined();
    for (const panel of empty) expect(line).toContain(panel);
    if (empty.length === 0) expect(line).toContain('none');
  });

  it('provisions a data source and the folder that the dashboards are mounted at', () => {
    const dashboards = parse(fileOf('dashboards/provisioning/dashboards/outrider.yml')) as {
      readonly providers: readonly { readonly options: { readonly path: string } }[];
    };
    expect(PAGE).toContain(`./dashboards:${dashboards.providers[0]?.options.path}:ro`);
    const sources = parse(fileOf('dashboards/provisioning/datasources/prometheus.yml')) as {
      readonly datasources: readonly { readonly type: string; readonly url: string }[];
    };
    expect(sources.datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090' }]);
    expect(PAGE).toContain('http://prometheus:9090');
  });
});
