import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchangeOf, requestBytes, versionOf } from '../../../src/probe/kafka/codec.ts';
import type { CallName, Calls } from '../../../src/probe/kafka/wire.ts';

/** What Apache Kafka 4.2 says that it speaks. */
const KAFKA_4_2 = {
  2: { minVersion: 1, maxVersion: 11 },
  3: { minVersion: 0, maxVersion: 13 },
  9: { minVersion: 1, maxVersion: 10 },
  15: { minVersion: 0, maxVersion: 6 },
  16: { minVersion: 0, maxVersion: 5 },
  69: { minVersion: 0, maxVersion: 1 },
};

const CALLS: { readonly [N in CallName]: Calls[N]['args'] } = {
  Metadata: { topics: [], allowAutoTopicCreation: false },
  ListOffsets: { replicaId: -1, isolationLevel: 0, topics: [] },
  ListGroups: {},
  DescribeGroups: { groupIds: ['a'] },
  OffsetFetch: { groupId: 'a', topics: [] },
  ConsumerGroupDescribe: { groupIds: ['a'] },
};
const names = Object.keys(CALLS) as CallName[];

describe('the calls', () => {
  it.each(names)('%s is spoken by Kafka 4.2', (name) => {
    expect(versionOf(name, KAFKA_4_2)).toBeTypeOf('number');
  });

  it.each(names)('%s is unknown to a broker that does not announce it, or only newer ones', (name) => {
    expect(versionOf(name, {})).toBeUndefined();
    const newer = Object.fromEntries(Object.keys(KAFKA_4_2).map((key) => [key, { minVersion: 90, maxVersion: 99 }]));
    expect(versionOf(name, newer)).toBeUndefined();
  });

  it('never ask metadata in a version that could create the topics asked for', () => {
    expect(versionOf('Metadata', { 3: { minVersion: 0, maxVersion: 3 } })).toBeUndefined();
    expect(versionOf('Metadata', { 3: { minVersion: 0, maxVersion: 4 } })).toBe(4);
  });

  it.each([4, 5, 6])('ask metadata %i with the flag that forbids it', async (version) => {
    const { request } = exchangeOf('Metadata', { topics: ['a'], allowAutoTopicCreation: false }, version);
    const bytes = await requestBytes(request, 7);
    expect(bytes.at(-1)).toBe(0);
    expect(bytes.readInt32BE(0)).toBe(bytes.length - 4);
    expect(bytes.readInt32BE(8)).toBe(7);
  });

  it.each([3, 4])('ask all offsets of a group, not none, in version %i', async (version) => {
    const { request } = exchangeOf('OffsetFetch', CALLS.OffsetFetch, version);
    const bytes = await requestBytes(request, 0);
    expect(bytes.readInt32BE(bytes.length - 4)).toBe(-1);
  });

  it.each(names)('%s ends on any answer, however wrong, within a moment', async (name) => {
    const version = versionOf(name, KAFKA_4_2) ?? 0;
    const { response } = exchangeOf(name, CALLS[name], version);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const startedMs = performance.now();
        await response.decode(Buffer.from(bytes)).catch(() => {});
        expect(performance.now() - startedMs).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a group of the new protocol', () => {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length + 1]), Buffer.from(value)]);
  const zeros = (count: number) => Buffer.alloc(count);
  const assignment = Buffer.concat([
    Buffer.from([2]),
    zeros(16),
    text('orders'),
    Buffer.from([3]),
    zeros(8),
    zeros(1),
    zeros(1),
  ]);
  const member = (tags: Buffer) =>
    Buffer.concat([
      text('m'),
      zeros(1),
      zeros(1),
      zeros(4),
      text('client'),
      text('/host'),
      Buffer.from([2]),
      text('orders'),
      zeros(1),
      assignment,
      assignment,
      tags,
    ]);
  const answer = (tags: Buffer) =>
    Buffer.concat([
      zeros(1),
      zeros(4),
      Buffer.from([2]),
      zeros(2),
      zeros(1),
      text('g'),
      text('Stable'),
      zeros(8),
      text('uniform'),
      Buffer.from([3]),
      member(tags),
      member(tags),
      zeros(4),
      tags,
      tags,
    ]);

  it.each([
    ['as it is today', Buffer.from([0])],
    ['with fields that a newer broker adds', Buffer.from([2, 5, 3, 1, 2, 3, 9, 0])],
  ])('is read with its state and members, %s', async (_, tags) => {
    const { response } = exchangeOf('ConsumerGroupDescribe', CALLS.ConsumerGroupDescribe, 0);
    const { groups } = await response.decode(answer(tags));
    expect(groups).toEqual([{ errorCode: 0, groupId: 'g', state: 'Stable', members: ['m', 'm'] }]);
  });
});
