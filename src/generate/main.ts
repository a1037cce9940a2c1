import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dashboardFiles } from './dashboards/dashboards.ts';
import { builtInSet } from './dashboards/set.ts';
import { configJsonSchema } from './json-schema.ts';
import { referencePage } from './reference.ts';
import { itselfRulesText, targetsRulesText } from './rules/bundled.ts';
import { fallbackTestText, targetsTestText } from './rules/rule-tests.ts';
import { meaningIn } from './runbooks.ts';

const root = join(import.meta.dirname, '..', '..');
const meaning = meaningIn(root);

const dashboards = Object.entries(dashboardFiles(builtInSet()));

/** What is generated and checked in, by its path from the repository's root. */
const FILES: Readonly<Record<string, () => string>> = {
  'config/outrider.schema.json': () => `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  'docs/reference.md': referencePage,
  ...Object.fromEntries(dashboards.map(([name, text]) => [`dashboards/${name}`, () => text])),
  'alerts/outrider.rules.yml': () => itselfRulesText(meaning),
  'alerts/targets.rules.yml': () => targetsRulesText(meaning),
  'alerts/tests/targets.test.yml': targetsTestText,
  'alerts/tests/fallback.test.yml': fallbackTestText,
};

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

/** The text of a file, or undefined where there is none. */
function written(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

for (const [name, make] of Object.entries(FILES)) {
  const path = join(root, name);
  const text = make();
  if (written(path) === text) continue;
  if (values.check) {
    process.stderr.write(`${name} is not what the sources say: npm run gen\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
    process.stdout.write(`${name} written\n`);
  }
}
