import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyGraph, type Edge } from '../../../src/generate/init/graph.ts';

/** `api>db` written, `api~db` guessed, `api?db` soft; capitals are no targets. */
const edges = (text: string): readonly Edge[] =>
  text.split(' ').map((each) => {
    const [, from = '', kind = '', to = ''] = /^(\w+)([>~?])(\w+)$/.exec(each) ?? [];
    return { from, to, soft: kind === '?', written: kind !== '~' };
  });
const targetOf = (node: string): string | undefined => (/^[A-Z]/.test(node) ? undefined : node);
const graph = (text: string): string => {
  const { of } = dependencyGraph(edges(text), targetOf);
  return [...of].flatMap(([from, all]) => all.map(({ name, soft }) => `${from}${soft ? '?' : '>'}${name}`)).join(' ');
};

describe('the dependency graph', () => {
  it.each([
    ['keeps what is written', 'web>api api>db', 'web>api api>db'],
    ['passes on what is not watched', 'api>Migrate Migrate>db', 'api>db'],
    ['passes on over several', 'api>A A>B B>db', 'api>db'],
    ['is soft where a link is soft', 'api?Queue Queue>db', 'api?db'],
    ['is hard where another way is', 'api?Queue Queue>db api>Other Other>db', 'api>db'],
    ['names each once', 'api>db api~db', 'api>db'],
    ['ends in circles of what is not watched', 'api>A A>B B>A B>db', 'api>db'],
    ['leaves out a guess that would close a circle', 'a>b b~a', 'a>b'],
    ['stands on nothing by itself', 'a>A A>a', ''],
  ])('%s', (_, given, expected) => {
    expect(graph(given)).toBe(expected);
  });

  it('names the written edge that closed a circle', () => {
    const { of, circles } = dependencyGraph(edges('a>b b>a'), targetOf);
    expect([...of.keys()]).toEqual(['a']);
    expect(circles.map(({ from, to }) => `${from}>${to}`)).toEqual(['b>a']);
  });

  it('has no circles, whatever is given', () => {
    const node = fc.constantFrom('a', 'b', 'c', 'd', 'X', 'Y');
    const edge = fc.record({ from: node, to: node, soft: fc.boolean(), written: fc.boolean() });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 30 }), (given) => {
        const { of } = dependencyGraph(given, targetOf);
        const ends = (from: string, path: readonly string[]): boolean =>
          !path.includes(from) && (of.get(from) ?? []).every(({ name }) => ends(name, [...path, from]));
        for (const name of of.keys()) expect(ends(name, [])).toBe(true);
      }),
    );
  });
});
