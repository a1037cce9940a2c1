import { createRequire } from 'node:module';
import { consumerGroupDescribe } from './consumer-group.ts';
import type { CallName, Calls, Decoder as DecoderOf, Encoder as EncoderOf, Exchange, Versions } from './wire.ts';

// Only kafkajs's protocol layer: its clients give up on all metadata as soon as one partition has no leader, cannot ask for
// all offsets of a group, retry and pool by themselves, and wake up a thousand times a second while idle.
const require = createRequire(import.meta.url);

interface Definition {
  readonly versions: readonly string[];
  protocol(which: { version: number }): (args: unknown) => Exchange<unknown>;
}

const Encoder: new () => EncoderOf = require('kafkajs/src/protocol/encoder');
const Decoder: new (payload: Buffer) => DecoderOf = require('kafkajs/src/protocol/decoder');
const createRequest: (of: {
  request: Exchange<unknown>['request'];
  correlationId: number;
  clientId: string;
}) => Promise<EncoderOf> = require('kafkajs/src/protocol/request');
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
