import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode, OutriderError } from '../../src/core/errors.ts';
import { FAILURE_REASONS, INCONCLUSIVE_WHYS, SKIP_WHYS } from '../../src/core/result.ts';
import { type } from '../cli/terminal.ts';

const PAGE = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, their cells without the marks of code. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = PAGE.split(new RegExp(`^## ${heading}$`, 'm'));
  const [own = ''] = section.split(/^## /m);
  const rows = own.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

const first = (rows: readonly (readonly string[])[]) => rows.map(([code]) => code);

describe('docs/errors.md', () => {
  it('lists every exit code', () => {
    expect(first(tableUnder('Exit codes'))).toEqual(['0', '1', '2']);
  });

  it('lists every code of a refusal, and none that does not exist', () => {
    expect(first(tableUnder('Refusals'))).toEqual([...ERROR_CODES]);
  });

  it.each(tableUnder('Refusals'))('tells rightly that %s is exit %s', async (code, exit) => {
    const refuse = async () => {
      throw new OutriderError(code as ErrorCode, 'refused');
    };
    expect((await type(['run'], {}, { run: refuse })).code).toBe(Number(exit));
  });

  it('lists every reason of a failure, and none that does not exist', () => {
    expect(first(tableUnder('Why a probe failed'))).toEqual([...FAILURE_REASONS]);
  });

  it('lists every way to have no verdict, and none that does not exist', () => {
    const rows = tableUnder('No verdict').map(([why = '', outcome = '']) => `${outcome} ${why}`);
    const all = [...INCONCLUSIVE_WHYS.map((why) => `inconclusive ${why}`), ...SKIP_WHYS.map((why) => `skipped ${why}`)];
    expect(rows.toSorted()).toEqual(all.toSorted());
  });

  it.each(['Exit codes', 'Refusals', 'Why a probe failed'])('explains each of "%s" in every column', (heading) => {
    for (const row of tableUnder(heading)) for (const cell of row) expect(cell, row.join(' | ')).not.toBe('');
  });
});
