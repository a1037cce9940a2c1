import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { brokerIds, knownBrokers, metadataRequest } from '../../../demo/service/kafka-metadata.ts';
import { freePort, HOST } from '../../../demo/service/port.ts';

/** A Metadata answer of version 1 with these brokers, as https://kafka.apache.org/42/design/protocol/ lays it out. */
function response(brokers: readonly { id: number; host: string; rack: string | undefined }[]): Buffer {
  const parts = brokers.map(({ id, host, rack }) => {
    const head = Buffer.alloc(6 + host.length + 4 + 2 + (rack?.length ?? 0));
    head.writeInt32BE(id, 0);
    head.writeInt16BE(host.length, 4);
    head.write(host, 6);
    head.writeInt32BE(9092, 6 + host.length);
    head.writeInt16BE(rack === undefined ? -1 : rack.length, 10 + host.length);
    head.write(rack ?? '', 12 + host.length);
    return head;
  });
  const start = Buffer.alloc(12);
  start.writeInt32BE(1, 4);
  start.writeInt32BE(brokers.length, 8);
  const rest = Buffer.alloc(8);
  const whole = Buffer.concat([start, ...parts, rest]);
  whole.writeInt32BE(whole.length - 4, 0);
  return whole;
}

describe('a Metadata answer', () => {
  it('names each broker, with a rack or without', () => {
    const brokers = [
      { id: 1, host: '127.0.0.1', rack: undefined },
      { id: 3, host: 'kafka.example.com', rack: 'eu-1' },
      { id: 70_000, host: 'x', rack: '' },
    ];
    expect(brokerIds(response(brokers))).toEqual([1, 3, 70_000]);
  });
});

describe('a Metadata request', () => {
  it('says its own length', () => {
    const request = metadataRequest();
    expect(request.readInt32BE(0)).toBe(request.length - 4);
  });
});

describe('asking for the brokers', () => {
  it('waits for the whole answer when it comes in pieces', async () => {
    const answer = response([{ id: 1, host: 'a', rack: undefined }]);
    const port = await freePort();
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write(answer.subarray(0, 7));
        setImmediate(() => socket.write(answer.subarray(7)));
      });
    }).listen(port, HOST);
    expect(await knownBrokers(port)).toEqual([1]);
    server.close();
  });

  it('finds none where nobody listens', async () => {
    expect(await knownBrokers(await freePort())).toEqual([]);
  });

  it('finds none where the connection is closed without an answer', async () => {
    const port = await freePort();
    const server = createServer((socket) => socket.end()).listen(port, HOST);
    expect(await knownBrokers(port)).toEqual([]);
    server.close();
  });
});
