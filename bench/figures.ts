/** The value below which `share` of the sorted numbers lie (nearest rank). */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export interface Figures {
  readonly [name: string]: string;
}

/** Columns of figures side by side, for people. */
export function table(columns: readonly { readonly title: string; readonly figures: Figures }[]): string {
  const names = [...new Set(columns.flatMap(({ figures }) => Object.keys(figures)))];
  const rows = [
    ['', ...columns.map(({ title }) => title)],
    ...names.map((name) => [name, ...columns.map(({ figures }) => figures[name] ?? '')]),
  ];
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const mib = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
