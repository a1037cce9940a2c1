import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { independentRulesText } from '../../src/generate/rules/rules.ts';
import { goodConfig } from '../support/config-folder.ts';

const PAGE = readFileSync(new URL('../../docs/prometheus.md', import.meta.url), 'utf8');
const RULES = readFileSync(new URL('../../alerts/outrider.rules.yml', import.meta.url), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, body = '']) => body);

describe('docs/prometheus.md', () => {
  const shown = BLOCKS.filter((body) => body.startsWith('      - alert: ')).map((body) => ({
    body,
    alert: /alert: (\w+)/.exec(body)?.[1],
  }));

  it('shows rules', () => {
    expect(shown.map(({ alert }) => alert)).toEqual(['HttpSlow', 'MostlyIdle', 'Abandoned']);
  });

  it.each(shown)('shows what its config makes of $alert', async ({ body }) => {
    const config = BLOCKS.find((block) => block.includes('MostlyIdle') && block.startsWith('service:')) ?? '';
    const text = independentRulesText(await goodConfig(config, { DATABASE_URL: 'postgres://u:p@database/shop' }));
    expect(text).toContain(body);
  });

  it('names each rule about Outrider itself, with its severity', () => {
    interface Rules {
      readonly groups: readonly {
        readonly name: string;
        readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly labels?: object }[];
      }[];
    }
    const { groups } = parse(RULES, { version: '1.1' }) as Rules;
    const own = groups.find(({ name }) => name === 'outrider')?.rules ?? [];
    const rows = [...PAGE.matchAll(/^\| \[`(\w+)`\]\(runbooks\/(\w+)\.md\) \| (P\d) \|/gm)];
    expect(rows.map(([, alert, page, severity]) => ({ alert, page, labels: { severity } }))).toEqual(
      own.map(({ alert, labels }) => ({ alert, page: alert, labels })),
    );
    for (const { record = '' } of groups.find(({ name }) => name === 'outrider-recording')?.rules ?? [])
      expect(PAGE).toContain(`\`${record}\``);
  });

  it('shows how to load what docker-compose.yml loads', () => {
    const file = readFileSync(new URL('../../demo/compose/prometheus/prometheus.yml', import.meta.url), 'utf8');
    const shown = BLOCKS.find((block) => block.startsWith('# prometheus.yml')) ?? '';
    for (const key of ['rule_files', 'alerting'])
      expect((parse(shown) as Record<string, unknown>)[key]).toEqual((parse(file) as Record<string, unknown>)[key]);
  });
});
