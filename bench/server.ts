import { createServer, type Socket } from 'node:net';

// The target of the bench: answers every GET /t/N with a small JSON body over a fresh connection, and keeps the
// times of arrival. Runs as a child on a core of its own; talks to its parent by messages.

/** How all targets fail at once: nobody listens any more, each answer is a 503, or questions are taken and not answered. */
export type Failure = 'refuse' | 'unavailable' | 'hold';

/** `start` forgets what was counted; `stats` asks for what was; `reset` ends all that is held within a second, and nobody listens. */
export type Ask =
  | { readonly ask: 'start'; readonly intervalMs: number }
  | { readonly ask: 'stats' }
  | { readonly ask: 'fail'; readonly how: Failure }
  | { readonly ask: 'reset' }
  | { readonly ask: 'recover' };

export interface ArrivalStats {
  readonly arrivals: number;
  /** |gap between two arrivals of one target − interval|, ms, sorted. */
  readonly errorsMs: readonly number[];
}

const BODY = '{"status":"UP","used":0.5}';
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`,
);
const UNAVAILABLE = Buffer.from('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
const PATH = Buffer.from('/t/');
const RESET_OVER_MS = 1000;
const RESET_STEPS = 20;

let intervalMs = 10_000;
let arrivals = 0;
let errorsMs: number[] = [];
let last = new Map<number, number>();
let failure: Failure | undefined;
const held = new Set<Socket>();
let port = 0;

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
    if (failure === 'hold') {
      held.add(socket);
      socket.once('close', () => held.delete(socket));
    } else socket.end(failure === 'unavailable' ? UNAVAILABLE : ANSWER);
  });
});

// Every address of 127.0.0.0/8 is this machine: each target gets a host of its own.
const listen = () => server.listen({ port, host: '0.0.0.0', backlog: 4096 });
server.once('listening', () => {
  const address = server.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  process.send?.({ port });
});
listen();

/** Ends what is held, as evenly as timers allow. */
function resetAll(): void {
  const all = [...held];
  for (let step = 0; step < RESET_STEPS; step++) {
    const some = all.slice((step / RESET_STEPS) * all.length, ((step + 1) / RESET_STEPS) * all.length);
    setTimeout(
      () => {
        for (const socket of some) socket.resetAndDestroy();
      },
      (step / RESET_STEPS) * RESET_OVER_MS,
    );
  }
}

const answers: { readonly [K in Ask['ask']]: (ask: Extract<Ask, { ask: K }>) => void } = {
  start(ask) {
    ({ intervalMs } = ask);
    arrivals = 0;
    errorsMs = [];
    last = new Map();
  },
  stats() {
    const stats: ArrivalStats = { arrivals, errorsMs: errorsMs.toSorted((a, b) => a - b) };
    process.send?.(stats);
  },
  fail({ how }) {
    failure = how;
    if (how === 'refuse') server.close();
  },
  reset() {
    server.close();
    resetAll();
  },
  recover() {
    failure = undefined;
    if (!server.listening) listen();
  },
};

process.on('message', (message: Ask) => {
  const answer = answers[message.ask] as (ask: Ask) => void;
  answer(message);
});
process.on('disconnect', () => process.exit());
