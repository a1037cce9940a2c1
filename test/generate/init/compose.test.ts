import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problems.ts';
import { loadProject } from '../../../src/generate/init/compose/load.ts';
import { draftOfProject } from '../../../src/generate/init/compose.ts';
import { configText } from '../../../src/generate/init/write.ts';
import { configFolder } from '../../support/config-folder.ts';
import { comparable, expectedOf, FOLDER, seen } from './fixture.ts';

const names = readdirSync(FOLDER);

/** The config of a fixture, loaded with the variables that it should need. */
async function made(name: string) {
  const expected = expectedOf(name);
  const draft = draftOfProject(loadProject(expected.paths, {}), {
    from: 'compose.yml',
    profiles: expected.profiles ?? [],
  });
  const text = configText(draft);
  using folder = configFolder();
  const secret = folder.write('secret', 'from-a-file\n');
  const loaded = await loadConfig({
    files: [folder.write('outrider.yml', text.replaceAll(/\$\{file:[^}]*\}/g, `\${file:${secret}}`))],
    env: expected.env ?? {},
  });
  return { expected, draft, text, loaded };
}

it('there are at least twenty compose files', () => expect(names.length).toBeGreaterThanOrEqual(20));

describe.each(names)('%s', (name) => {
  it('becomes a config that is good once its variables are there', async () => {
    const { loaded, text } = await made(name);
    expect(loaded.ok ? [] : loaded.problems.map(formatProblem), text).toEqual([]);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./outrider.schema.json');
  });

  it('becomes the graph that it should', async () => {
    const { expected, loaded, text } = await made(name);
    const config = loaded.ok ? loaded.config : undefined;
    const actual = new Map(config?.targets.map((each) => [each.target.name, seen(each)]));
    expect([...actual.keys()].toSorted(), text).toEqual(Object.keys(expected.targets).toSorted());
    for (const [target, one] of Object.entries(expected.targets)) {
      const both = comparable(one, actual.get(target));
      expect({ target, ...both.actual }).toEqual({ target, ...both.expected });
    }
    expect(config?.service).toBe(expected.service);
    const alertmanagers = config?.receivers.map(({ name, settings }) => [name, settings]) ?? [];
    expect(alertmanagers.length).toBe(expected.alertmanagers === undefined ? 0 : 1);
    for (const url of expected.alertmanagers ?? []) expect(text).toContain(`alertmanager: { urls: [ ${url} ] }`);
  });

  it('says what it could not', async () => {
    const { expected, draft, text } = await made(name);
    expect(Object.fromEntries(draft.leftOut.map((each) => [each.name, each.reason]))).toEqual(expected.could_not ?? {});
    for (const { name: left } of draft.leftOut) expect(text).toContain(`# - ${left}: `);
    for (const said of expected.said ?? []) expect(draft.remarks.join('\n')).toContain(said);
  });

  it('repeats no secret, and asks for no variable more', async () => {
    const { expected, draft, text } = await made(name);
    for (const secret of expected.secrets ?? []) expect(text + draft.remarks.join('\n')).not.toContain(secret);
    const written = new Set([...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, variable]) => variable));
    expect([...written].filter((variable) => !(String(variable) in (expected.env ?? {})))).toEqual([]);
    for (const variable of Object.keys(expected.env ?? {})) expect(text).toContain(`\${${variable}`);
  });
});
