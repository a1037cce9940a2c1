import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { OutriderError } from '../../../src/core/errors.ts';
import { loadProject } from '../../../src/generate/init/compose/load.ts';
import { draftOfProject } from '../../../src/generate/init/compose.ts';
import { configText } from '../../../src/generate/init/write.ts';
import { configFolder, loadText } from '../../support/config-folder.ts';

const KEYS = [
  ...[
    'image',
    'command',
    'entrypoint',
    'ports',
    'expose',
    'environment',
    'env_file',
    'labels',
    'depends_on',
    'links',
    'healthcheck',
  ],
  ...['profiles', 'extends', 'network_mode', 'networks', 'deploy', 'container_name', 'scale'],
];
const text = fc.oneof(
  fc.constantFrom(
    'postgres',
    'redis:8',
    'apache/kafka',
    'a',
    'b',
    'test',
    '80:80',
    `\${X}`,
    `\${X:-1}:2/tcp`,
    '$$',
    `curl http://localhost:\${P}/$$Q`,
    'A=redis://a:x@b',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 3 }),
  map: fc.dictionary(text, tie('any'), { maxKeys: 3 }),
})).any;
const service = fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 6 });
const project = fc.record({
  name: value,
  services: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'a b'), fc.oneof(service, value)),
});

it('whatever a compose file holds becomes a config that says nothing worse than that variables are missing, or a refusal', async () => {
  using folder = configFolder();
  await fc.assert(
    fc.asyncProperty(project, async (odd) => {
      const path = folder.write('compose.yml', stringify(odd));
      let written: string;
      try {
        written = configText(draftOfProject(loadProject([path], { HOME: '/' }), { from: path, profiles: [] }));
      } catch (error) {
        expect(error).toBeInstanceOf(OutriderError);
        return;
      }
      const loaded = await loadText(written, { P: '1', X: '1', HOST: 'h' });
      const problems = loaded.ok ? [] : loaded.problems.map(({ message }) => message);
      expect(
        problems.filter((problem) => !/is not set|^the file /.test(problem)),
        written,
      ).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
