import { describe, expect, it } from 'vitest';
import { unmet } from '../../../src/probe/kafka/requirement.ts';

const topic = (name: string, partitions: number, replicas: number) => ({
  topicErrorCode: 0,
  topic: name,
  isInternal: false,
  partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: Array.from({ length: replicas }, (_, id) => id),
    isr: [0],
  })),
});
const topics = new Map([
  ['orders', topic('orders', 3, 1)],
  ['jobs', topic('jobs', 1, 2)],
]);

describe('required topics', () => {
  it.each([
    ['are met by existing', [{ name: 'orders' }], []],
    ['are met by more than was asked', [{ name: 'orders', partitions: 2, replicas: 1 }], []],
    ['are unmet where they are missing', [{ name: 'nope' }], ['topic "nope" does not exist']],
    [
      'are unmet by fewer partitions',
      [{ name: 'orders', partitions: 4 }],
      ['topic "orders" has 3 partitions, expected at least 4'],
    ],
    [
      'are unmet by fewer replicas',
      [{ name: 'orders', replicas: 3 }],
      ['topic "orders" has 1 replica, expected at least 3'],
    ],
    [
      'are all named',
      [{ name: 'jobs', partitions: 2, replicas: 3 }, { name: 'nope' }],
      [
        'topic "jobs" has 1 partition, expected at least 2',
        'topic "jobs" has 2 replicas, expected at least 3',
        'topic "nope" does not exist',
      ],
    ],
    ['are told apart from hidden ones', [{ name: 'secret' }], ['topic "secret" may not be seen by this user']],
  ])('%s', (_, required, problems) => {
    expect(unmet(required, topics, new Set(['secret']))).toEqual(problems);
  });
});
