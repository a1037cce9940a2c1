const MOST_ROWS = 1000;

/** Which part of a list is asked for: `limit` rows after the cursor `after`. */
export interface PageRequest {
  readonly limit: number;
  readonly after: string | undefined;
}

/** The page that a URL asks for (`?limit=100&after=…`), or what is wrong with its limit. */
export function pageRequest(query: URLSearchParams): PageRequest | { readonly wrong: string } {
  const limit = query.get('limit') ?? String(MOST_ROWS);
  const rows = /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (rows < 1 || rows > MOST_ROWS) return { wrong: `expected a number from 1 to ${MOST_ROWS}, got "${limit}"` };
  return { limit: rows, after: query.get('after') ?? undefined };
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** The cursor of the last row where more follow. */
  readonly next: string | undefined;
}

/**
 * A page of rows in their order. `cursor` names a row's place and `isAfter` compares a row with a cursor, so that
 * rows which come and go between two pages neither repeat nor hide others.
 */
export function pageOf<T>(
  sorted: readonly T[],
  { limit, after }: PageRequest,
  { cursor, isAfter }: { readonly cursor: (row: T) => string; readonly isAfter: (row: T, after: string) => boolean },
): Page<T> {
  const rest = after === undefined ? sorted : sorted.filter((row) => isAfter(row, after));
  const rows = rest.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: rest.length > rows.length && last !== undefined ? cursor(last) : undefined };
}

/** The next page's reference, relative to the list itself so that it holds behind a path prefix; undefined on the last page. */
export function nextReference(query: URLSearchParams, next: string | undefined): string | undefined {
  if (next === undefined) return undefined;
  const wanted = new URLSearchParams(query);
  wanted.set('after', next);
  return `?${wanted}`;
}
