import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { countOf, find, plainOf } from '../../src/config/located.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { parseYaml } from '../../src/config/yaml.ts';

/** What a text says, without its places. */
function plain(text: string): unknown {
  const { root, problems } = parseYaml('x.yml', text);
  expect(problems).toEqual([]);
  if (root === undefined) throw new Error('nothing was parsed');
  return plainOf(root);
}

const problems = (text: string): readonly string[] => parseYaml('x.yml', text).problems.map(formatProblem);

describe('YAML', () => {
  it('is YAML 1.2: yes and on are texts, 012 is twelve', () => {
    expect(plain('{ a: yes, b: on, c: 012, d: 0x1f, e: true, f: ~, g: 1.50, h: "5" }')).toEqual({
      ...{ a: 'yes', b: 'on', c: 12, d: 31, e: true, f: null, g: 1.5, h: '5' },
    });
  });

  it('knows anchors, and each alias is what its anchor was when it was written', () => {
    expect(plain('a: &x 1\nb: *x\nc: &x [2]\nd: *x\n')).toEqual({ a: 1, b: 1, c: [2], d: [2] });
  });

  it('merges <<: what is written wins over what is merged, the first of several over the later', () => {
    const text =
      'a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { z: 3, <<: [*a, *b] }\nd: { <<: *b, <<: *a, "<<": text }\n';
    expect(plain(text)).toMatchObject({ c: { x: 1, y: 1, z: 3 }, d: { x: 1, y: 2, z: 2, '<<': 'text' } });
  });

  it('gives everything its place', () => {
    const { root } = parseYaml('x.yml', 'a:\n  - b: "c"\n    d: {e: 5}\n');
    if (root === undefined) throw new Error('nothing was parsed');
    const { node, entry } = find(root, ['a', 0, 'd', 'e']);
    expect(node.source.lines.linePos(node.offset)).toEqual({ line: 3, col: 12 });
    expect(entry?.at.source.lines.linePos(entry.at.offset)).toEqual({ line: 3, col: 9 });
  });

  it('is what other parsers read', () => {
    const key = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__' && text !== '<<');
    const scalar = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('any')),
        fc.dictionary(key, tie('any'), { noNullPrototype: true }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(key, value, { minKeys: 1, noNullPrototype: true }), (given) => {
        expect(plain(stringify(given))).toEqual(given);
      }),
    );
  });
});

describe('aliases that stand for too much', () => {
  const nested = (levels: number): string => {
    const lines = ['x0: &x0 [a, a, a, a, a, a, a, a, a, a]'];
    for (let i = 1; i <= levels; i++)
      lines.push(
        `x${i}: &x${i} [${Array(10)
          .fill(`*x${i - 1}`)
          .join(', ')}]`,
      );
    return lines.join('\n');
  };

  it('are refused, once, before they take any memory', () => {
    expect(problems(nested(9))).toEqual([expect.stringContaining('aliases stand for more than about 100,000 values')]);
  });

  it('are counted by what they stand for: a few levels are good', () => {
    const { root, problems: told } = parseYaml('x.yml', nested(3));
    expect(told).toEqual([]);
    expect(root === undefined ? 0 : countOf(root)).toBeGreaterThan(10_000);
  });

  it('are not what a long plain file has', () => {
    const text = `list: [${Array(60_000).fill('{ a: 1 }').join(', ')}]`;
    expect(problems(text)).toEqual([]);
  });

  it('are not what many targets with a common base have', () => {
    const base = 'x: &x { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10, k: 11, l: 12 }\n';
    const text = `${base}list:\n${Array.from({ length: 10_000 }, (_, i) => `- { <<: *x, name: t${i} }\n`).join('')}`;
    expect(problems(text)).toEqual([]);
  });
});
