import { createRequire } from 'node:module';
import { consumerGroupDescribe } from './consumer-group.ts';

// Only kafkajs's protocol layer: its clients give up on all metadata as soon as one partition has no leader, cannot ask for
// all offsets of a group, retry and pool by themselves, and wake up a thousand times a second while idle.
const require = createRequire(import.meta.url);

export interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): this;
  writeBoolean(value: boolean): this;
  writeUVarInt(value: number): this;
  writeUVarIntString(value: string | null): this;
}

export interface Decoder {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readUVarInt(): number;
  readUVarIntString(): string | null;
  canReadBytes(size: number): boolean;
  forward(size: number): void;
}

/** One request and how its answer is read. `parse` throws at any error code in the answer. */
export interface Exchange<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<Encoder>;
  };
  readonly response: { decode(payload: Buffer): Promise<T>; parse(decoded: T): Promise<T> };
}

export type Versions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;

export interface PartitionMetadata {
  readonly partitionErrorCode: number;
  readonly partitionId: number;
  /** Broker id, -1 where there is none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}
export interface TopicMetadata {
  readonly topicErrorCode: number;
  readonly topic: string;
  readonly isInternal: boolean;
  readonly partitionMetadata: readonly PartitionMetadata[];
}
export interface Broker {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}
export interface Metadata {
  readonly brokers: readonly Broker[];
  readonly clusterId: string | null;
  /** Broker id, -1 where there is none. */
  readonly controllerId: number;
  readonly topicMetadata: readonly TopicMetadata[];
}

interface PartitionOffset {
  readonly partition: number;
  readonly errorCode: number;
  /** An int64 in decimal, -1 where there is none. */
  readonly offset: string;
}
interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly PartitionOffset[];
}
export interface DescribedGroup {
  readonly errorCode: number;
  readonly groupId: string;
  readonly state: string;
  readonly members: readonly unknown[];
}

/** What a probe asks: nothing here writes. Arguments and answers are kafkajs's. */
export interface Calls {
  /** An empty list asks for all topics; the flag keeps asked-for ones from being created. */
  Metadata: { args: { topics: readonly string[]; allowAutoTopicCreation: false }; answer: Metadata };
  /** `timestamp` -1 asks for the end, -2 for the oldest offset; isolation level 0 counts uncommitted records too. */
  ListOffsets: {
    args: {
      replicaId: -1;
      isolationLevel: 0;
      topics: readonly {
        topic: string;
        partitions: readonly { partition: number; timestamp: -1 | -2 }[];
      }[];
    };
    answer: { readonly responses: readonly TopicOffsets[] };
  };
  ListGroups: {
    args: Record<never, never>;
    answer: {
      readonly errorCode: number;
      readonly groups: readonly { readonly groupId: string; readonly protocolType: string }[];
    };
  };
  DescribeGroups: {
    args: { groupIds: readonly string[] };
    answer: { readonly groups: readonly DescribedGroup[] };
  };
  /** An empty list of topics asks for all that the group has committed. */
  OffsetFetch: {
    args: { groupId: string; topics: readonly [] };
    answer: { readonly errorCode: number; readonly responses: readonly TopicOffsets[] };
  };
  ConsumerGroupDescribe: {
    args: { groupIds: readonly string[] };
    answer: { readonly groups: readonly DescribedGroup[] };
  };
}
export type CallName = keyof Calls;

interface Definition {
  readonly versions: readonly string[];
  protocol(which: { version: number }): (args: unknown) => Exchange<unknown>;
}

const Encoder: new () => Encoder = require('kafkajs/src/protocol/encoder');
const Decoder: new (payload: Buffer) => Decoder = require('kafkajs/src/protocol/decoder');
const createRequest: (of: {
  request: Exchange<unknown>['request'];
  correlationId: number;
  clientId: string;
}) => Promise<Encoder> = require('kafkajs/src/protocol/request');
const requests: Readonly<Record<string, Definition>> = require('kafkajs/src/protocol/requests').requests;
const { errorCodes }: { errorCodes: readonly { type: string; code: number }[] } = require('kafkajs/src/protocol/error');

/** Keys of the protocol, and the oldest version that serves us: Metadata 4 can be told to create nothing, OffsetFetch 3 gives all topics. */
const CALLS: Readonly<Record<CallName, { readonly key: number; readonly least: number; readonly is: Definition }>> = {
  Metadata: { key: 3, least: 4, is: defined('Metadata') },
  ListOffsets: { key: 2, least: 1, is: defined('ListOffsets') },
  ListGroups: { key: 16, least: 0, is: defined('ListGroups') },
  DescribeGroups: { key: 15, least: 0, is: defined('DescribeGroups') },
  OffsetFetch: { key: 9, least: 3, is: defined('OffsetFetch') },
  ConsumerGroupDescribe: { key: 69, least: 0, is: consumerGroupDescribe(Encoder, Decoder) },
};

function defined(name: string): Definition {
  const definition = requests[name];
  if (definition === undefined) throw new Error(`kafkajs has no request named ${name}`);
  return definition;
}

/** The newest version of a call that both sides speak, or undefined where there is none. */
export function versionOf(name: CallName, versions: Versions): number | undefined {
  const { key, least, is } = CALLS[name];
  const theirs = versions[key];
  if (theirs === undefined) return undefined;
  const version = Math.min(theirs.maxVersion, Math.max(...is.versions.map(Number)));
  return version < least || version < theirs.minVersion ? undefined : version;
}

/** The exchange of a call in a version that `versionOf` gave. */
export const exchangeOf = <N extends CallName>(name: N, args: Calls[N]['args'], version: number) =>
  CALLS[name].is.protocol({ version })(args) as Exchange<Calls[N]['answer']>;

/** The first question on every connection; version 0 is understood by all. */
export const askVersions = (): Exchange<{
  readonly apiVersions: readonly {
    readonly apiKey: number;
    readonly minVersion: number;
    readonly maxVersion: number;
  }[];
}> => defined('ApiVersions').protocol({ version: 0 })(undefined) as ReturnType<typeof askVersions>;

/** The bytes of a request, size first. */
export async function requestBytes(request: Exchange<unknown>['request'], correlationId: number): Promise<Buffer> {
  const encoded = await createRequest({ request, correlationId, clientId: 'outrider' });
  return encoded.buffer;
}

/** Kafka's name of an error code: `GROUP_AUTHORIZATION_FAILED`. */
export const errorName = (code: number): string =>
  errorCodes.find((known) => known.code === code)?.type ?? `error ${code}`;
