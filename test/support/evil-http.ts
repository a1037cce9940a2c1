import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** Writes what it likes to a connection that has sent a request. */
type Evil = (socket: Socket) => void;

const OK = 'HTTP/1.1 200 OK\r\n';
const MIB = 1024 * 1024;

/** One byte of the text now and then, the first at once. */
const drip = (text: string, everyMs: number): Evil => {
  return (socket) => {
    let at = 0;
    const timer = setInterval(() => {
      socket.write(text.charAt(at++ % text.length));
    }, everyMs);
    socket.write(text.charAt(at++));
    socket.on('close', () => clearInterval(timer));
  };
};

/** Writes for as long as the other side takes it. */
const flood = (head: string, piece: Buffer): Evil => {
  return (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    socket.write(head);
    more();
  };
};

const TEN_GB = 10 * 1000 ** 3;
const HEX_MIB = MIB.toString(16);

/** A member of gzip that holds nothing: any number of them is still nothing. */
const EMPTY = gzipSync('');

/** 1 GiB of nothing, as 1 MiB of gzip: one member many times over, which gunzip takes one after the other. */
const bomb = (): Buffer => {
  const member = gzipSync(Buffer.alloc(4 * MIB), { level: 9 });
  return Buffer.concat(Array.from({ length: 256 }, () => member));
};

/** What each path does. */
export const EVILS: Readonly<Record<string, Evil>> = {
  '/drip-head': drip(`${OK}X-Padding: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n`, 100),
  '/drip-body': (socket) => {
    socket.write(`${OK}Content-Length: 100000\r\n\r\n`);
    drip('x', 100)(socket);
  },
  '/ten-gigabytes': flood(`${OK}Content-Length: ${TEN_GB}\r\n\r\n`, Buffer.alloc(MIB, 'x')),
  '/endless': flood(`${OK}\r\n`, Buffer.alloc(MIB, 'x')),
  '/endless-chunks': flood(
    `${OK}Transfer-Encoding: chunked\r\n\r\n`,
    Buffer.from(`${HEX_MIB}\r\n${'x'.repeat(MIB)}\r\n`),
  ),
  '/endless-tiny-chunks': flood(`${OK}Transfer-Encoding: chunked\r\n\r\n`, Buffer.from('1\r\nx\r\n'.repeat(10_000))),
  '/endless-headers': flood(OK, Buffer.from(`X-Padding: ${'a'.repeat(1000)}\r\n`.repeat(100))),
  '/endless-interim': flood('', Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))),
  '/endless-trailers': flood(
    `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n`,
    Buffer.from(`X-Padding: ${'a'.repeat(1000)}\r\n`.repeat(100)),
  ),
  '/long-chunk-line': flood(`${OK}Transfer-Encoding: chunked\r\n\r\n1;`, Buffer.alloc(1000, 'a')),
  '/too-little': (socket) => socket.end(`${OK}Content-Length: 100\r\n\r\nonly this`),
  '/too-much': (socket) => socket.end(`${OK}Content-Length: 2\r\n\r\nUP and a lot that does not belong to it`),
  '/bomb': (socket) => {
    const body = bomb();
    socket.write(`${OK}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  },
  '/bomb-in-bomb': (socket) => {
    const body = gzipSync(bomb());
    socket.write(`${OK}Content-Encoding: gzip, gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  },
  '/empty-in-bomb': (socket) => {
    const body = gzipSync(Buffer.concat(Array.from({ length: 100_000 }, () => EMPTY)));
    socket.write(`${OK}Content-Encoding: gzip, gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  },
  '/endless-empty-gzip': flood(
    `${OK}Content-Encoding: gzip\r\n\r\n`,
    Buffer.concat(Array.from({ length: 1000 }, () => EMPTY)),
  ),
  '/fifty-encodings': (socket) =>
    socket.end(`${OK}Content-Encoding: ${Array(50).fill('gzip').join(', ')}\r\nContent-Length: 2\r\n\r\nUP`),
  '/not-gzip': (socket) => socket.end(`${OK}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nUP`),
  '/half-gzip': (socket) => {
    const body = gzipSync('x'.repeat(1000)).subarray(0, 12);
    socket.write(`${OK}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  },
  '/reset-in-head': (socket) => {
    socket.write(OK);
    setTimeout(() => socket.resetAndDestroy(), 20);
  },
  '/reset-in-body': (socket) => {
    socket.write(`${OK}Content-Length: 100\r\n\r\nonly this`);
    setTimeout(() => socket.resetAndDestroy(), 20);
  },
  '/close': (socket) => socket.end(),
  '/close-in-head': (socket) => socket.end(`${OK}X-Half`),
  '/ssh': (socket) => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'),
  '/http2': (socket) => socket.end('HTTP/2.0 200 OK\r\n\r\n'),
  '/bad-chunk': (socket) => socket.end(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nUP\r\n0\r\n\r\n`),
  '/two-lengths': (socket) => socket.end(`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nUP`),
  '/bad-length': (socket) => socket.end(`${OK}Content-Length: -2\r\n\r\nUP`),
  '/nameless-header': (socket) => socket.end(`${OK}: nothing\r\n\r\nUP`),
  '/upgrade': (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
  '/gzip-of-transfer': (socket) => socket.end(`${OK}Transfer-Encoding: gzip\r\n\r\nUP`),
  '/silent': () => {},
};

export interface EvilServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Connections that are open now. */
  readonly open: () => number;
}

/** A server that does what the path of the request says: see `EVILS`. */
export async function startEvilServer(): Promise<EvilServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', (request) => EVILS[request.toString('latin1').split(' ')[1] ?? '']?.(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
