import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../../src/probe/kafka/broker-error.ts';
import type { Ask } from '../../../src/probe/kafka/connections.ts';
import { look } from '../../../src/probe/kafka/look.ts';
import type { CallName, Calls, Metadata, TopicMetadata } from '../../../src/probe/kafka/wire.ts';
import { valueIn } from '../../support/kafka.ts';

const ONE = { nodeId: 1, host: 'one', port: 9092 };
const TWO = { nodeId: 2, host: 'two', port: 9092 };
const NOT_COORDINATOR = 16;
const NOT_AUTHORIZED = 30;
const NOT_FOUND = 69;

const topic = (name: string, leaders: readonly number[], isInternal = false): TopicMetadata => ({
  topicErrorCode: 0,
  topic: name,
  isInternal,
  partitionMetadata: leaders.map((leader, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader,
    replicas: [1, 2],
    isr: [1, 2],
  })),
});
const cluster = (...topicMetadata: readonly TopicMetadata[]): Metadata => ({
  brokers: [ONE, TWO],
  clusterId: 'c',
  controllerId: 1,
  topicMetadata,
});

type Answers = {
  readonly [N in CallName]?: ((broker: typeof ONE, args: Calls[N]['args']) => Calls[N]['answer']) | undefined;
};

/** Brokers as they answer by default: one group `worker` on broker 1, which has read 5 of 8 messages of `orders`. */
const USUAL: Answers = {
  ListGroups: ({ nodeId }) => ({
    errorCode: 0,
    groups: nodeId === 1 ? [{ groupId: 'worker', protocolType: 'consumer' }] : [],
  }),
  DescribeGroups: ({ nodeId }, { groupIds }) => ({
    groups: groupIds.map((groupId) =>
      groupId === 'worker' && nodeId === 1
        ? { errorCode: 0, groupId, state: 'Stable', members: ['m'] }
        : { errorCode: NOT_COORDINATOR, groupId, state: '', members: [] },
    ),
  }),
  OffsetFetch: () => ({
    errorCode: 0,
    responses: [{ topic: 'orders', partitions: [{ partition: 0, errorCode: 0, offset: '5' }] }],
  }),
  ListOffsets: (_, { topics }) => ({
    responses: topics.map((asked) => ({
      topic: asked.topic,
      partitions: asked.partitions.map(({ partition, timestamp }) => ({
        partition,
        errorCode: 0,
        offset: timestamp === -1 ? '8' : '2',
      })),
    })),
  }),
};

async function lookAt(answers: Answers, settings: Partial<Parameters<typeof look>[3]> = {}, metadata?: Metadata) {
  const asked: string[] = [];
  const all: Answers = { ...USUAL, ...answers };
  const ask: Ask = async (broker, name, args) => {
    asked.push(name);
    const answer = all[name];
    if (answer === undefined) throw new BrokerError({ reason: 'refused', message: `no ${name} of ${broker.host}` });
    return answer(broker === TWO ? TWO : ONE, args);
  };
  const seen = await look(
    metadata ?? cluster(topic('orders', [1])),
    ask,
    async () => all.ConsumerGroupDescribe !== undefined,
    { topics: undefined, groups: undefined, maxSeries: 100, ...settings },
  );
  const of = (name: string, group: string) => valueIn(seen.measures, name, { group });
  return { ...seen, asked, of, whys: seen.gaps.map(({ why }) => why) };
}

const dead: Answers['DescribeGroups'] = (_, { groupIds }) => ({
  groups: groupIds.map((groupId) => ({ errorCode: 0, groupId, state: 'Dead', members: [] })),
});

describe('a look at offsets and groups', () => {
  it('asks each thing once, and nothing that could write', async () => {
    const { measures, asked, gaps } = await lookAt({});
    expect(valueIn(measures, 'lag', { group: 'worker', topic: 'orders' })).toBe(3);
    expect(gaps).toEqual([]);
    expect(asked.sort()).toEqual([
      'DescribeGroups',
      'ListGroups',
      'ListGroups',
      'ListOffsets',
      'ListOffsets',
      'OffsetFetch',
    ]);
  });

  it('asks nothing of groups that nobody wants to know about', async () => {
    const groups = Array.from({ length: 1000 }, (_, id) => ({ groupId: `job-${id}`, protocolType: 'consumer' }));
    const { asked } = await lookAt({ ListGroups: () => ({ errorCode: 0, groups }) }, { groups: ['job-7'] });
    expect(asked.filter((name) => name === 'OffsetFetch')).toHaveLength(1);
  });
});

describe('a group', () => {
  it('that reads as Dead where the broker cannot describe the new protocol is unknown, and its lag is not', async () => {
    const { of, measures, whys } = await lookAt({ DescribeGroups: dead });
    expect(of('group_state', 'worker')).toBeUndefined();
    expect(of('group_members', 'worker')).toBeUndefined();
    expect(valueIn(measures, 'lag', { group: 'worker', topic: 'orders' })).toBe(3);
    expect(whys).toEqual(['the broker does not tell the state of this kind of group: group "worker"']);
  });

  it('that reads as Dead and is of yet another kind is unknown too', async () => {
    const ConsumerGroupDescribe: Answers['ConsumerGroupDescribe'] = () => ({
      groups: [{ errorCode: NOT_FOUND, groupId: 'worker', state: '', members: [] }],
    });
    const { of } = await lookAt({ DescribeGroups: dead, ConsumerGroupDescribe });
    expect(of('group_members', 'worker')).toBeUndefined();
  });

  it('that reads as Dead and is of the new protocol has the state and members that this one tells', async () => {
    const ConsumerGroupDescribe: Answers['ConsumerGroupDescribe'] = () => ({
      groups: [{ errorCode: 0, groupId: 'worker', state: 'Reconciling', members: ['a', 'b'] }],
    });
    const { of } = await lookAt({ DescribeGroups: dead, ConsumerGroupDescribe });
    expect(of('group_state', 'worker')).toBe(1);
    expect(of('group_members', 'worker')).toBe(2);
  });

  it('that is named and that no broker has is dead, without members', async () => {
    const { of } = await lookAt({}, { groups: ['ghost'] });
    expect([of('group_members', 'ghost'), of('group_state', 'ghost'), of('group_named', 'ghost')]).toEqual([0, 6, 1]);
  });

  it.each<[string, Answers, Metadata | undefined, string]>([
    [
      'while a broker does not list its groups',
      { ListGroups: ({ nodeId }) => ({ errorCode: nodeId === 2 ? 14 : 0, groups: [] }) },
      undefined,
      'broker 2 does not list its groups: GROUP_LOAD_IN_PROGRESS',
    ],
    [
      'where this user may not see it',
      {
        DescribeGroups: (_, { groupIds }) => ({
          groups: groupIds.map((groupId) => ({ errorCode: NOT_AUTHORIZED, groupId, state: '', members: [] })),
        }),
      },
      undefined,
      'GROUP_AUTHORIZATION_FAILED: group "ghost"',
    ],
    [
      'while the partition that it may be on has no leader',
      {},
      cluster(topic('orders', [1]), topic('__consumer_offsets', [1, -1], true)),
      'not found, but some groups cannot be listed now: group "ghost"',
    ],
  ])('that is named and not found is unknown %s', async (_, answers, metadata, why) => {
    const { of, whys } = await lookAt(answers, { groups: ['ghost'] }, metadata);
    expect(of('group_members', 'ghost')).toBeUndefined();
    expect(of('group_state', 'ghost')).toBeUndefined();
    expect(whys.join('\n')).toContain(why);
  });
});

describe('lag', () => {
  const fetched =
    (topics: readonly string[], offset = '5'): Answers['OffsetFetch'] =>
    () => ({
      errorCode: 0,
      responses: topics.map((name) => ({ topic: name, partitions: [{ partition: 0, errorCode: 0, offset }] })),
    });
  const lags = ({ measures }: Awaited<ReturnType<typeof lookAt>>) =>
    measures.filter(({ name }) => name === 'lag').map(({ labels }) => labels?.['topic']);
  const topics = cluster(topic('orders', [1]), topic('audit', [2]), topic('__state', [1], true));

  it.each([
    ['all topics but internal ones, where nothing is named', {}, ['orders', 'audit']],
    ['the named topics, of groups that are not', { topics: ['audit'] }, ['audit']],
    ['all topics of a named group', { topics: ['audit'], groups: ['worker'] }, ['orders', 'audit']],
  ])('is told on %s', async (_, settings, told) => {
    const OffsetFetch = fetched(['orders', 'audit', '__state', 'deleted']);
    expect(lags(await lookAt({ OffsetFetch }, settings, topics))).toEqual(told);
  });

  it('is absent for a group that never committed', async () => {
    const { series, gaps, ...seen } = await lookAt({ OffsetFetch: fetched(['orders'], '-1') });
    expect(lags({ series, gaps, ...seen })).toEqual([]);
    expect(series.filter(({ name }) => name.startsWith('kafka_consumergroup_lag'))).toEqual([]);
    expect(series.filter(({ name }) => name.startsWith('kafka_consumergroup_current'))).toEqual([]);
    expect(gaps).toEqual([]);
  });

  it.each<[string, Answers, Metadata | undefined, string]>([
    ['a partition without a leader', {}, cluster(topic('orders', [-1])), 'no end offset of some partition'],
    [
      'a leader that fails',
      { ListOffsets: undefined },
      undefined,
      'broker 1 does not tell the offsets of its partitions',
    ],
    ['a commit beyond the end', { OffsetFetch: fetched(['orders'], '9') }, undefined, 'group "worker" on "orders"'],
    [
      'commits that are not told',
      { OffsetFetch: () => ({ errorCode: 15, responses: [] }) },
      undefined,
      'group "worker"',
    ],
  ])('is absent, with the reason, for %s', async (_, answers, metadata, why) => {
    const seen = await lookAt(answers, {}, metadata);
    expect(lags(seen)).toEqual([]);
    expect(seen.whys.join('\n')).toContain(why);
  });
});
