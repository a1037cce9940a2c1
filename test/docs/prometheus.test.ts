import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { independentRulesText } from '../../src/generate/rules/rules.ts';
import { goodConfig } from '../support/config-folder.ts';

const PAGE = readFileSync(new URL('../../docs/prometheus.md', import.meta.url), 'utf8');
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
    const config = BLOCKS.find((block) => block.startsWith('service:')) ?? '';
    const text = independentRulesText(await goodConfig(config, { DATABASE_URL: 'postgres://u:p@database/shop' }));
    expect(text).toContain(body);
  });
});
