import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/core/cron.ts';
import { firstWallAfter } from '../../src/core/cron-walls.ts';
import { parseMatchers } from '../../src/core/matcher-text.ts';
import { standingAt } from '../../src/correlate/occurrence.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'maintenance.md'), 'utf8');

const cronOf = (text: string) => {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.cron;
};

describe('docs/maintenance.md', () => {
  const turns = [
    ...page.matchAll(/^\| `([A-Z]\w+\/\w+)` \| (\S+): [^|]+\| `([^`]+)` \| (\d+:\d\d)[^|]* \| `([^`]+)` \|$/gm),
  ].map(([, zone = '', day = '', cron = '', clock = '', utc = '']) => ({ zone, day, cron, clock, utc }));

  it('tells of days on which clocks are turned', () => expect(turns.length).toBe(7));

  it.each(turns)('says rightly when $cron starts in $zone on $day', ({ zone, day, cron, clock, utc }) => {
    const atMs = Date.parse(utc);
    const window = { cron: cronOf(cron), timezone: zone, durationMs: 60_000 };
    expect(standingAt(window, atMs - 1).nextAtMs).toBe(atMs);
    const nextDay = standingAt(window, atMs).nextAtMs;
    expect(nextDay - atMs).toBeGreaterThan(22 * 3_600_000);
    const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    expect(shown.format(atMs)).toBe(`${day} ${clock.padStart(5, '0')}`);
  });

  const [, table = ''] = page.split('| `cron` | starts |\n');
  const expressions = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
  );

  it('shows some expressions', () => expect(expressions.length).toBe(10));

  it.each(expressions)('shows an expression that comes: %s', (text) => {
    expect(firstWallAfter(cronOf(text), 0)).toBeGreaterThan(0);
  });

  const written = [...page.matchAll(/`(\{?\w+[!=]~?[^`]*)`/g)].map(([, text = '']) => text.replaceAll('\\|', '|'));

  it('shows some matchers', () => expect(written.length).toBeGreaterThan(5));

  it.each(written)('shows a matcher that is one: %s', (text) => {
    expect(parseMatchers(text)).toMatchObject({ ok: true });
  });
});
