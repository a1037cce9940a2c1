import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/target.ts';
import { buildGraph } from '../../src/correlate/graph.ts';
import { aTarget, dependsOn } from '../support/targets.ts';

const targets = [
  aTarget('web', dependsOn('api', 'cdn')),
  aTarget('api', { dependsOn: [...dependsOn('database').dependsOn, { name: 'cache', soft: true }] }),
  aTarget('cdn', { ...dependsOn('database'), enabled: false }),
  aTarget('cache', dependsOn('host')),
  aTarget('database', dependsOn('host')),
  aTarget('host'),
];

describe('the graph', () => {
  const graph = buildGraph(targets);

  it.each([
    { of: 'web', hard: ['api', 'database', 'host'], all: ['api', 'database', 'cache', 'host'] },
    { of: 'cdn', hard: ['database', 'host'], all: ['database', 'host'] },
    { of: 'host', hard: [], all: [] },
    { of: 'nobody', hard: [], all: [] },
  ])('knows what $of stands on, nearest first, without what is paused', ({ of, hard, all }) => {
    expect(graph.hard(of)).toEqual(hard);
    expect(graph.all(of)).toEqual(all);
  });

  it('knows what stands on a target through hard dependencies', () => {
    expect(graph.dependents('host')).toEqual(['cache', 'database', 'api', 'web']);
    expect(graph.dependents('cache')).toEqual([]);
  });

  it('leaves out a dependency that is not there', () => {
    expect(buildGraph([aTarget('api', dependsOn('gone'))]).hard('api')).toEqual([]);
  });

  it('says the same both ways, and everything once', () => {
    fc.assert(
      fc.property(acyclic, (all) => {
        const any = buildGraph(all);
        for (const { name } of all) {
          expect(new Set(any.hard(name)).size).toBe(any.hard(name).length);
          for (const below of any.hard(name)) expect(any.dependents(below)).toContain(name);
          for (const above of any.dependents(name)) expect(any.hard(above)).toContain(name);
          expect(any.all(name)).toEqual(expect.arrayContaining([...any.hard(name)]));
        }
      }),
    );
  });

  it('is built in no time where thousands stand on one', () => {
    const crowd = Array.from({ length: 20_000 }, (_, index) => aTarget(`api-${index}`, dependsOn('database')));
    const before = performance.now();
    const { dependents } = buildGraph([aTarget('database'), ...crowd]);
    expect(dependents('database')).toHaveLength(20_000);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

const acyclic = fc
  .array(fc.array(fc.record({ further: fc.integer({ min: 1, max: 4 }), soft: fc.boolean() }), { maxLength: 3 }), {
    maxLength: 12,
  })
  .map((all): readonly Target[] =>
    all.map((edges, at) =>
      aTarget(`t${at}`, { dependsOn: edges.map(({ further, soft }) => ({ name: `t${at + further}`, soft })) }),
    ),
  );
