import type { Style, Surroundings } from './contract.ts';

/** One cell: a text, and how it looks on a terminal. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

/** What a service or a person wrote may hold anything: it stays on its line and moves no cursor. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();

/** Rows under their heads, columns aligned by two spaces; the last column ends where its text does. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
  style: Surroundings['style'],
): string {
  const cells = rows.map((row) => row.map((cell) => cellOf(cell)));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => widthOf(row[column]?.text ?? ''))),
  );
  const line = (row: readonly Cell[]): string =>
    row
      .map(({ text, style: look }, column) => {
        const gap = column === row.length - 1 ? '' : ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
        return (look === undefined ? text : style(look, text)) + gap;
      })
      .join('  ')
      .trimEnd();
  return [heads.map((text) => cellOf({ text, style: 'bold' })), ...cells].map((row) => `${line(row)}\n`).join('');
}

const cellOf = (cell: string | Cell): Cell =>
  typeof cell === 'string' ? { text: oneLine(cell) } : { ...cell, text: oneLine(cell.text) };

/** In characters as they are seen, as far as that can be told without a table of all of them. */
const widthOf = (text: string): number => [...text].length;
