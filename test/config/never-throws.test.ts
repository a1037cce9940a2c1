import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { fileSchema } from '../../src/config/file-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { TYPE_NAMES, targetKeys } from '../../src/config/target-schema.ts';
import { configFolder } from '../support/config-folder.ts';

const whole = readFileSync(join(import.meta.dirname, '..', 'fixture', 'config', 'good', 'whole.yml'), 'utf8');

const folder = configFolder();
afterAll(() => folder[Symbol.dispose]());

/** Loads it, and sees that every problem has a place within the text and words of its own. */
async function judge(text: string | Uint8Array): Promise<void> {
  const file = folder.write('outrider.yml', text);
  const loaded = await loadConfig({ files: [file], env: { API_TOKEN: 'x', DATABASE_URL: 'y', DEPLOY_TOKEN: 'z' } });
  if (loaded.ok) return;
  expect(loaded.problems.length).toBeGreaterThan(0);
  const lines = typeof text === 'string' ? text.split(/\n|\r\n/).length : Number.POSITIVE_INFINITY;
  for (const problem of loaded.problems.slice(0, 100)) {
    expect(problem.line).toBeLessThanOrEqual(lines);
    expect(problem.column).toBeGreaterThan(0);
    expect(problem.message.length).toBeGreaterThan(3);
    expect(formatProblem(problem)).not.toMatch(/\p{Cc}|Invalid input|undefined|\[object/u);
  }
}

const keys = [...Object.keys(fileSchema.shape), ...Object.keys(targetKeys.shape), 'x-any', '<<'];
const ownKeys = ['url', 'brokers', 'expect', 'tls', 'measure', 'json', 'headers', 'groups', 'topics', 'sasl', 'auth'];
const words = ['api', '15s', 'http', 'all', `\${X}`, `\${X:-5}`, '$${', '&a', '*a', '#x', 'p95(duration) over 5m > 1s'];

const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(...words, null, true, 0, -1, 15, 1.5, ''),
    fc.string({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...keys, ...ownKeys, 'name'), tie('value'), { maxKeys: 5 }),
  ),
})).value;

const anyTarget = fc.record({
  common: fc.dictionary(fc.constantFrom(...Object.keys(targetKeys.shape)), anyValue, { maxKeys: 4 }),
  own: fc.dictionary(fc.constantFrom(...ownKeys), anyValue, { maxKeys: 4 }),
  type: fc.constantFrom(...TYPE_NAMES),
  name: fc.constantFrom('api', 'database', 'cache'),
});

vi.setConfig({ testTimeout: 60_000 });

describe('loading never throws', () => {
  it('whatever the text', () => fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), judge)));

  it('whatever the bytes', () => fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), judge)));

  it('whatever is made of the characters that YAML knows', () => {
    const unit = fc.constantFrom(...'{}[]:,#&*!|>%@`"\'-? \n\tab1$<~.', `\${A}`, '<<: ', '---', 'name: ', 'targets:\n');
    return fc.assert(fc.asyncProperty(fc.string({ unit, maxLength: 60 }), judge), { numRuns: 300 });
  });

  it('whatever happens to a good config', () => {
    const cut = fc.tuple(fc.nat(whole.length), fc.nat(40), fc.string({ unit: 'binary-ascii', maxLength: 10 }));
    return fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) =>
        judge(cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), whole)),
      ),
      { numRuns: 200 },
    );
  });

  it('whatever stands at the keys of the file', () =>
    fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), anyValue, { maxKeys: 8 }), (file) =>
        judge(stringify({ service: 'shop', targets: [], ...file })),
      ),
      { numRuns: 300 },
    ));

  it('whatever stands at the keys of a target', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyTarget, { minLength: 1, maxLength: 3 }), (targets) =>
        judge(
          stringify({
            service: 'shop',
            targets: targets.map(({ common, own, type, name }) => ({ name, type, ...own, ...common })),
          }),
        ),
      ),
      { numRuns: 300 },
    ));

  const mib = (part: string) => part.repeat(Math.floor((1024 ** 2 - 100) / part.length));
  it.each([
    ['half a megabyte that is filled in', `service: "${mib(`\${UNSET:-b}`)}"\ntargets: []\n`],
    ['more mistakes than a call takes arguments', `service: shop\ntargets: []\n${mib('k: 1\n')}`],
    ['defaults within defaults', `service: "${mib(`\${A:-`)}"\ntargets: []\n`],
  ])('nor for %s', (_, text) => judge(text));
});
