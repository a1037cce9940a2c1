import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNBOOKS } from './rules/bundled.ts';

/** What the page of an alert says that it means: its first paragraph. Throws where there is no such page. */
export function meaningIn(root: string): (alert: string) => string {
  return (alert) => {
    const [heading, meaning = ''] = readFileSync(join(root, RUNBOOKS, `${alert}.md`), 'utf8').split('\n\n');
    if (heading !== `# ${alert}` || meaning === '')
      throw new Error(`${RUNBOOKS}/${alert}.md does not begin as a page does`);
    return meaning.replaceAll('\n', ' ').replaceAll('`', '');
  };
}
