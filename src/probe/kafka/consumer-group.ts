import type { Decoder, DescribedGroup, Encoder, Exchange } from './wire.ts';

const KEY = 69;

/**
 * ConsumerGroupDescribe, version 0, which kafkajs does not have: without it a healthy group of the new protocol (KIP-848) reads as Dead.
 * Source: https://github.com/apache/kafka/blob/4.2/clients/src/main/resources/common/message/ConsumerGroupDescribeResponse.json
 */
export const consumerGroupDescribe = (NewEncoder: new () => Encoder, NewDecoder: new (payload: Buffer) => Decoder) => ({
  versions: ['0'],
  protocol: () => (args: unknown) => exchange(args as { groupIds: readonly string[] }, NewEncoder, NewDecoder),
});

function exchange(
  { groupIds }: { groupIds: readonly string[] },
  NewEncoder: new () => Encoder,
  NewDecoder: new (payload: Buffer) => Decoder,
): Exchange<{ groups: DescribedGroup[] }> {
  return {
    request: {
      apiKey: KEY,
      apiVersion: 0,
      apiName: 'ConsumerGroupDescribe',
      async encode() {
        // The header of a flexible request ends in tagged fields: none, as at the end of the body.
        const body = new NewEncoder().writeUVarInt(0).writeUVarInt(groupIds.length + 1);
        for (const id of groupIds) body.writeUVarIntString(id);
        return body.writeBoolean(false).writeUVarInt(0);
      },
    },
    response: {
      async decode(payload) {
        const decoder = new NewDecoder(payload);
        skipTags(decoder);
        decoder.readInt32();
        return { groups: compactArray(decoder, readGroup) };
      },
      parse: async (decoded) => decoded,
    },
  };
}

function readGroup(decoder: Decoder): DescribedGroup {
  const errorCode = decoder.readInt16();
  decoder.readUVarIntString();
  const groupId = decoder.readUVarIntString() ?? '';
  const state = decoder.readUVarIntString() ?? '';
  decoder.forward(8);
  decoder.readUVarIntString();
  const members = compactArray(decoder, readMember);
  decoder.forward(4);
  skipTags(decoder);
  return { errorCode, groupId, state, members };
}

function readMember(decoder: Decoder): string {
  const id = decoder.readUVarIntString() ?? '';
  decoder.readUVarIntString();
  decoder.readUVarIntString();
  decoder.forward(4);
  decoder.readUVarIntString();
  decoder.readUVarIntString();
  compactArray(decoder, (topic) => topic.readUVarIntString());
  decoder.readUVarIntString();
  skipAssignment(decoder);
  skipAssignment(decoder);
  skipTags(decoder);
  return id;
}

function skipAssignment(decoder: Decoder): void {
  compactArray(decoder, (topic) => {
    topic.forward(16);
    topic.readUVarIntString();
    compactArray(topic, (partition) => partition.readInt32());
    skipTags(topic);
  });
  skipTags(decoder);
}

/** Fields that a newer broker may add; kafkajs's own reader of them is one byte short. */
function skipTags(decoder: Decoder): void {
  for (let left = bounded(decoder, decoder.readUVarInt()); left > 0; left -= 1) {
    decoder.readUVarInt();
    decoder.forward(decoder.readUVarInt());
  }
}

/** A compact array counts from 1; 0 is null. */
function compactArray<T>(decoder: Decoder, read: (decoder: Decoder) => T): T[] {
  const length = bounded(decoder, decoder.readUVarInt() - 1);
  return Array.from({ length: Math.max(0, length) }, () => read(decoder));
}

/** Each element takes a byte at least; kafkajs reads zeros beyond the end, so a wrong count would go on for minutes. */
function bounded(decoder: Decoder, count: number): number {
  if (decoder.canReadBytes(count)) return count;
  throw new RangeError('more elements announced than bytes sent');
}
