import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PAGE = read('docs/alertmanager.md');

interface Route {
  readonly receiver: string;
  readonly routes?: readonly Route[];
}
const { route } = parse(read('alerts/alertmanager.yml')) as { readonly route: Route };

describe('docs/alertmanager.md', () => {
  it('tells the receivers of all routes in their order, the last the one that takes the rest', () => {
    const rows = [...PAGE.matchAll(/^\| [^|]+ \| `(\w+)` \|/gm)].map(([, receiver]) => receiver);
    expect(rows).toEqual([...(route.routes ?? []).map(({ receiver }) => receiver), route.receiver]);
  });
});
