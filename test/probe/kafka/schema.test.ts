import { describe, expect, it } from 'vitest';
import { kafka } from '../../../src/probe/kafka/type.ts';

const parse = (keys: object) => kafka.schema.safeParse({ type: 'kafka', ...keys });

describe('the keys of a kafka target', () => {
  it('are brokers alone at the least, on port 9092 unless told', () => {
    expect(parse({ brokers: ['kafka', 'other:9094', '[::1]:9095'] }).data?.brokers).toEqual([
      { host: 'kafka', port: 9092 },
      { host: 'other', port: 9094 },
      { host: '::1', port: 9095 },
    ]);
  });

  it('take a topic by its name or with what it needs', () => {
    const topics = ['orders', { name: 'jobs', partitions: 3, replicas: 2 }];
    expect(parse({ brokers: ['k'], topics }).data?.topics).toEqual([
      { name: 'orders' },
      { name: 'jobs', partitions: 3, replicas: 2 },
    ]);
  });

  it('keep the password from every output', () => {
    const sasl = { mechanism: 'scram-sha-512', username: 'alice', password: 'wonder-land' };
    const { data } = parse({ brokers: ['k'], sasl });
    expect(JSON.stringify(data)).not.toContain('wonder-land');
    expect(data?.sasl?.password.reveal()).toBe('wonder-land');
  });

  it.each([
    ['no broker', { brokers: [] }],
    ['a broker without a host', { brokers: [':9092'] }],
    ['a key that it does not have', { brokers: ['k'], broker: 'k' }],
    [
      'a mechanism that it does not have',
      { brokers: ['k'], sasl: { mechanism: 'gssapi', username: 'a', password: 'b' } },
    ],
    ['a topic name that cannot be', { brokers: ['k'], topics: ['a b'] }],
    ['no partitions', { brokers: ['k'], topics: [{ name: 'a', partitions: 0 }] }],
    ['an empty list of groups', { brokers: ['k'], groups: [] }],
  ])('refuse %s', (_, keys) => {
    expect(parse(keys).success).toBe(false);
  });

  it('name each host once for the lanes', () => {
    const settings = kafka.schema.parse({ type: 'kafka', brokers: ['a:1', 'a:2', 'b:1'] });
    expect(kafka.hosts(settings)).toEqual(['a', 'b']);
  });
});
