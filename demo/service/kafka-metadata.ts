import { connect } from 'node:net';
import { HOST } from './port.ts';

/**
 * The ids of the brokers that the broker on that port knows, empty while it does not answer.
 * https://kafka.apache.org/42/design/protocol/ (Metadata, version 1)
 */
export function knownBrokers(port: number): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, timeout: 1_000 });
    let received = Buffer.alloc(0);
    const settle = (ids: number[]) => {
      socket.destroy();
      resolve(ids);
    };
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) settle(brokerIds(received));
    });
    socket.once('timeout', () => settle([]));
    socket.once('close', () => settle([]));
    socket.on('error', () => settle([]));
  });
}

/** A Metadata request that asks for no topic: size, key 3, version 1, correlation 1, no client id, no topics. */
export function metadataRequest(): Buffer {
  const request = Buffer.alloc(18);
  request.writeInt32BE(14, 0);
  request.writeInt16BE(3, 4);
  request.writeInt16BE(1, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  return request;
}

/** The node ids in a whole Metadata answer: each broker is an id, a host, a port and a rack. */
export function brokerIds(response: Buffer): number[] {
  const ids: number[] = [];
  const count = response.readInt32BE(8);
  let at = 12;
  for (let index = 0; index < count; index += 1) {
    ids.push(response.readInt32BE(at));
    at += 4;
    at += 2 + response.readInt16BE(at) + 4;
    at += 2 + Math.max(0, response.readInt16BE(at));
  }
  return ids;
}
