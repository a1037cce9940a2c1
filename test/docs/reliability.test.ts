import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'reliability.md'), 'utf8');

const ROWS = 'A1 A2 A3 A4 B1 B2 B3 B6 D1 D2 E1 E2 F1 F2 F6 F10 G1 G6 H1 H2 I1'.split(' ');
const named = [...new Set(Array.from(page.matchAll(/`(test\/[^`]+)`/g), ([, file = '']) => file))];

describe('docs/reliability.md', () => {
  it.each(ROWS)('says what proves row %s', (row) => {
    const line = page.split('\n').find((one) => one.startsWith(`| ${row} |`));
    expect(line).toMatch(/`test\/.+\.test\.ts`/);
  });

  it.each(named)('names %s, which exists and tests something', (file) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(readFileSync(join(root, file), 'utf8')).toMatch(/\b(?:it|test)(?:\.each)?[(<]/);
  });
});
