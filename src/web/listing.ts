import { nextReference, type Page, pageOf, pageRequest } from './paging.ts';
import { problem } from './problem.ts';
import { compareText, type WebContext } from './site.ts';

/** An answer in JSON. */
export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(`${JSON.stringify(value)}\n`, { status, headers: { 'Content-Type': 'application/json', ...headers } });

/** The answer to a parameter of the URL that does not fit. */
export const badParameter = (parameter: string, detail: string): Response =>
  problem(400, { detail: `the query parameter "${parameter}" is wrong: ${detail}`, errors: [{ detail, parameter }] });

function listed<T>(query: URLSearchParams, { rows, next }: Page<T>, toJson: (row: T) => unknown): Response {
  const reference = nextReference(query, next);
  return json(rows.map(toJson), 200, reference === undefined ? {} : { Link: `<${reference}>; rel="next"` });
}

/** The page of a list by name that is asked for; `toJsonOf` is given its rows at once. */
export async function listByName<T extends { readonly name: string }>(
  context: WebContext,
  rows: readonly T[],
  toJsonOf: (rows: readonly T[]) => Promise<(row: T) => unknown>,
): Promise<Response> {
  const query = new URL(context.req.url).searchParams;
  const wanted = pageRequest(query);
  if ('wrong' in wanted) return badParameter('limit', wanted.wrong);
  const sorted = rows.toSorted((a, b) => compareText(a.name, b.name));
  const byName = { cursor: (row: T) => row.name, isAfter: (row: T, after: string) => row.name > after };
  const page = pageOf(sorted, wanted, byName);
  return listed(query, page, await toJsonOf(page.rows));
}

const CURSOR = /^(-?\d+)-(.+)$/s;

/** Where a row stands in a list that is newest first. */
export interface Age {
  readonly atMs: number;
  readonly id: string;
}

/** The page of a list, newest first, that is asked for. */
export function listByAge<T>(
  context: WebContext,
  rows: readonly T[],
  ageOf: (row: T) => Age,
  toJson: (row: T) => unknown,
): Response {
  const query = new URL(context.req.url).searchParams;
  const wanted = pageRequest(query);
  if ('wrong' in wanted) return badParameter('limit', wanted.wrong);
  if (wanted.after !== undefined && !CURSOR.test(wanted.after))
    return badParameter('after', 'expected a cursor as the Link header of the page before gives it');
  const sorted = rows.map((row) => ({ row, ...ageOf(row) })).sort((a, b) => b.atMs - a.atMs || compareText(a.id, b.id));
  const byAge = {
    cursor: ({ atMs, id }: Age) => `${atMs}-${id}`,
    isAfter({ atMs, id }: Age, after: string) {
      const [, ms = '', last = ''] = CURSOR.exec(after) ?? [];
      return atMs === Number(ms) ? id > last : atMs < Number(ms);
    },
  };
  return listed(query, pageOf(sorted, wanted, byAge), ({ row }) => toJson(row));
}
