import type { Socket } from 'node:net';
import type { Failure } from '../../core/result.ts';
import { connectionFailure } from '../failure.ts';
import { failureOf, parseRefusal, type Refusal } from './refusal.ts';

/** What became of one command: its reply, an error reply, or that the connection broke first. */
export type Answer =
  | { readonly kind: 'reply'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'lost'; readonly failure: Failure };

/** One connection that is asked one thing after another; it never reconnects and never queues beyond what was written. */
export interface Connection extends Disposable {
  /** Its other end, `10.0.0.5:6379`. */
  readonly peer: string;
  /** On the monotonic clock. */
  readonly openedMs: number;
  readonly isOpen: boolean;
  /** Never rejects. */
  ask(...command: readonly [string, ...string[]]): Promise<Answer>;
  /** How many bytes may still come before it is closed. */
  allow(bytes: number): void;
  /** Closes at once; what is still being waited for is answered as lost. */
  close(failure: Failure): void;
}

/** The one part of ioredis that is used: its client throws outside everybody's reach on a null that nobody asked for. */
export type Codec = typeof import('ioredis/built/resp/decoder.js');

export const loadCodec = (): Promise<Codec> => import('ioredis/built/resp/decoder.js');

/** Speaks RESP2 over an open socket, which it owns from here on. */
export function speak(socket: Socket, codec: Codec, peer: string, openedMs: number): Connection {
  const waiting: ((answer: Answer) => void)[] = [];
  let over: Failure | undefined;
  let bytesLeft = 0;

  const close = (failure: Failure) => {
    over ??= failure;
    socket.destroy();
    for (const settle of waiting.splice(0)) settle({ kind: 'lost', failure: over });
  };
  const garbage = () => close({ reason: 'protocol', message: `${peer} does not speak the Redis protocol` });
  const answer = (value: Answer) => {
    const settle = waiting.shift();
    if (settle !== undefined) settle(value);
    else if (value.kind === 'refused') close(failureOf(value.refusal, peer));
    else garbage();
  };
  const decoder = new codec.Decoder({
    getTypeMapping: () => ({}),
    onReply: (value) => answer({ kind: 'reply', value }),
    onErrorReply: (error) => answer({ kind: 'refused', refusal: parseRefusal(error.message) }),
    onPush: garbage,
  });

  socket.on('data', (chunk: Buffer) => {
    bytesLeft -= chunk.length;
    if (bytesLeft < 0) return close({ reason: 'protocol', message: `${peer} sent far more than was asked for` });
    try {
      decoder.write(chunk);
    } catch {
      garbage();
    }
  });
  socket.on('error', (error) => close(connectionFailure(error, peer) ?? broken(peer)));
  socket.on('close', () => close(broken(peer)));

  return {
    peer,
    openedMs,
    get isOpen() {
      return over === undefined && !socket.destroyed;
    },
    ask: (...command) =>
      new Promise((resolve) => {
        if (over !== undefined) return resolve({ kind: 'lost', failure: over });
        waiting.push(resolve);
        socket.write(encode(command));
      }),
    allow: (bytes) => {
      bytesLeft = bytes;
    },
    close,
    [Symbol.dispose]: () => close(broken(peer)),
  };
}

const broken = (peer: string): Failure => ({ reason: 'reset', message: `${peer} closed the connection` });

/** A command as an array of bulk strings: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export const encode = (command: readonly string[]): string =>
  `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
