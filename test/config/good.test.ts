import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { goodConfig } from '../support/config-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const env = {
  API_TOKEN: 'a-token-of-the-api',
  DATABASE_URL: 'postgres://app:pa55word@database/shop',
  DEPLOY_TOKEN: 'a-token-to-deploy-with',
  CACHE_IS_CRITICAL: 'false',
  IN_FLIGHT: '100',
  REDIS_URL: '',
};

const yamlsIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

// Beside them lie the configs of other programs.
const ours = yamlsIn('config').filter((file) => basename(file).startsWith('outrider'));
const inCompose = join(root, 'config', 'compose', 'outrider.yml');
const files = [...ours.filter((file) => file !== inCompose), ...yamlsIn('test/fixture/config/good')];

it.each(files.map((file) => file.slice(root.length + 1)))('%s is good', async (file) => {
  const loaded = await loadConfig({ files: [join(root, file)], env });
  expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([]);
});

it('config/compose/outrider.yml is good where its secrets are mounted', async () => {
  const secrets = join(root, 'demo', 'compose', 'secrets');
  const text = readFileSync(inCompose, 'utf8').replaceAll('/run/secrets', secrets);
  expect((await goodConfig(text, env)).targets.length).toBeGreaterThan(3);
});

it('what config/outrider.yml has in comments is good too', async () => {
  const text = readFileSync(join(root, 'config', 'outrider.yml'), 'utf8');
  const uncommented = text.replace(/^( *)# (?=- | {2,}|\w+:)/gm, '$1');
  const config = await goodConfig(uncommented, env);
  expect(config.targets.map(({ target }) => target.name)).toEqual(['outrider', 'api', 'database', 'cache', 'jobs']);
  expect(config.receivers.map(({ name }) => name)).toEqual(['alertmanager']);
});

it('its first line names the schema, so that editors complete and check it', () => {
  const [first] = readFileSync(join(root, 'config', 'outrider.yml'), 'utf8').split('\n');
  expect(first).toBe('# yaml-language-server: $schema=./outrider.schema.json');
});
