import { createServer } from 'node:net';

// The target of the bench: answers every GET /t/N with a small JSON body over a fresh connection, and keeps the
// times of arrival. Runs as a child on a core of its own; talks to its parent by messages.

/** `start` forgets what was counted; `stats` asks for what was. */
export type Ask = { readonly ask: 'start'; readonly intervalMs: number } | { readonly ask: 'stats' };

export interface ArrivalStats {
  readonly arrivals: number;
  /** |gap between two arrivals of one target − interval|, ms, sorted. */
  readonly errorsMs: readonly number[];
}

const BODY = '{"status":"UP","used":0.5}';
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`,
);
const PATH = Buffer.from('/t/');

let intervalMs = 10_000;
let arrivals = 0;
let errorsMs: number[] = [];
let last = new Map<number, number>();

function arrive(id: number): void {
  const nowMs = performance.now();
  const before = last.get(id);
  last.set(id, nowMs);
  arrivals++;
  if (before !== undefined) errorsMs.push(Math.abs(nowMs - before - intervalMs));
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', (chunk: Buffer) => {
    const from = chunk.indexOf(PATH) + PATH.length;
    arrive(Number.parseInt(chunk.toString('latin1', from, from + 8), 10));
    socket.end(ANSWER);
  });
});

// Every address of 127.0.0.0/8 is this machine: each target gets a host of its own.
server.listen({ port: 0, host: '0.0.0.0', backlog: 4096 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});

process.on('message', (message: Ask) => {
  if (message.ask === 'start') {
    ({ intervalMs } = message);
    arrivals = 0;
    errorsMs = [];
    last = new Map();
  } else {
    const stats: ArrivalStats = { arrivals, errorsMs: errorsMs.toSorted((a, b) => a - b) };
    process.send?.(stats);
  }
});
process.on('disconnect', () => process.exit());
