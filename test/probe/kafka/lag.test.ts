import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionLag, topicLag } from '../../../src/probe/kafka/lag.ts';

const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

describe('the lag of a partition', () => {
  it('is what was committed short of the end, exactly, also beyond 2^53', () => {
    fc.assert(
      fc.property(offset, offset, (a, b) => {
        const [committed, end] = a < b ? [a, b] : [b, a];
        expect(partitionLag(end, committed)).toBe(end - committed);
      }),
    );
  });

  it.each([
    ['the end is unknown', undefined, 5n],
    ['the commit is unknown', 5n, undefined],
    ['nothing was committed', 5n, -1n],
    ['the commit lies beyond the end', 5n, 6n],
  ])('is unknown where %s', (_, end, committed) => {
    expect(partitionLag(end, committed)).toBeUndefined();
  });
});

describe('the lag of a topic', () => {
  const commits = fc.dictionary(fc.nat(20).map(String), fc.bigInt({ min: -1n, max: 1000n }));
  const asMap = (by: Readonly<Record<string, bigint>>) =>
    new Map(Object.entries(by).map(([partition, value]) => [Number(partition), value]));

  it('is never negative, and never a part of the whole', () => {
    fc.assert(
      fc.property(commits.map(asMap), commits.map(asMap), (committed, ends) => {
        const { sum, partitions } = topicLag(committed, ends);
        const consumed = [...committed].filter(([, at]) => at >= 0n);
        for (const lag of partitions.values()) expect(lag).toBeGreaterThanOrEqual(0n);
        const total = [...partitions.values()].reduce((a, b) => a + b, 0n);
        expect(sum).toBe(consumed.length > 0 && partitions.size === consumed.length ? total : undefined);
      }),
    );
  });

  it('counts only partitions with a commit', () => {
    const committed = new Map([
      [0, 7n],
      [1, -1n],
    ]);
    const ends = new Map([
      [0, 10n],
      [1, 50n],
      [2, 60n],
    ]);
    expect(topicLag(committed, ends)).toEqual({ sum: 3n, committed: 7n, partitions: new Map([[0, 3n]]) });
  });

  it('is unknown while the end of one of its partitions is, and the others are still told', () => {
    const committed = new Map([
      [0, 7n],
      [1, 2n],
    ]);
    const { sum, partitions } = topicLag(committed, new Map([[0, 10n]]));
    expect(sum).toBeUndefined();
    expect(partitions).toEqual(new Map([[0, 3n]]));
  });

  it('is unknown, not 0, where nothing was committed', () => {
    expect(topicLag(new Map([[0, -1n]]), new Map([[0, 10n]])).sum).toBeUndefined();
    expect(topicLag(new Map(), new Map()).sum).toBeUndefined();
  });
});
