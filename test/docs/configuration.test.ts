import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goodConfig, problemsOf } from '../support/config-folder.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text);

const whole = (part: string): string =>
  `${part.includes('service:') ? '' : 'service: shop\n'}${part}${part.includes('targets:') ? '' : 'targets: []\n'}`;

describe('docs/configuration.md', () => {
  it.each(blocks)('shows a config that is good: %j', async (block) => {
    await goodConfig(whole(block));
  });

  it('shows what check says', async () => {
    const [, shown = ''] = /^```text\n(.*?)^```/ms.exec(page) ?? [];
    const text = [
      'service: shop',
      'timezon: Europe/Berlin',
      ...['', ''],
      'targets:',
      '  - name: api',
      '    type: http',
      '    url: http://api:8000/health/ready',
      '    interval: 15',
      '    depends_on: [databse]',
      '    alerts: [{ name: HttpSlow, when: p95(duratoin) over 5m > 800ms }]',
      '  - { name: database, type: postgres, host: localhost }',
    ].join('\n');
    const said = await problemsOf(text);
    expect(said.map((line) => `outrider.yml:${line}\n`).join('')).toBe(shown);
  });

  const traps = [...page.matchAll(/^\| `([^`]+)` \|[^|]+\| `([^`]+)` \|$/gm)].map(
    ([, trap = '', right = '']) => [trap, right] as const,
  );
  const targetOf = (line: string): string => {
    if (line.startsWith('service')) return `${line}\ntargets: []\n`;
    const inBraces = line.startsWith('{') ? line.slice(2, -2) : line;
    if (inBraces.startsWith('when')) {
      const kafka =
        'targets:\n  - name: jobs\n    type: kafka\n    brokers: [kafka]\n    alerts:\n      - { name: Backlog, ';
      return whole(`${kafka}${inBraces} }\n`);
    }
    if (inBraces.startsWith('url')) return whole(`targets:\n  - { name: cache, type: redis, ${inBraces} }\n`);
    if (/^(channel|phone)/.test(line)) return whole(`labels:\n  ${line}\n`);
    return whole(`targets:\n  - name: api\n    type: http\n    url: http://api/\n    ${line}\n`);
  };

  it('has the traps', () => expect(traps.length).toBe(7));

  it.each(traps)('says rightly that %s is a trap and %s is not', async (trap, right) => {
    const env = { REDIS_URL: 'redis://localhost' };
    expect(await problemsOf(targetOf(trap), env)).not.toEqual([]);
    expect(await problemsOf(targetOf(right), env)).toEqual([]);
  });
});
