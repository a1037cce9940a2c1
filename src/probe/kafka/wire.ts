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
