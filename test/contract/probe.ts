import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { MeasureSpec, SeriesSpec } from '../../src/core/measure.ts';
import type { Observation, Sample } from '../../src/core/result.ts';
import type { Prober } from '../../src/probe/contract.ts';
import { runProbe } from '../../src/probe/run.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The real service of a test, running and healthy whenever the contract looks at it. */
export interface ContractService {
  readonly endpoint: Endpoint;
  /** Stops all of its processes with SIGSTOP. */
  freeze(): void | Promise<void>;
  /** Lets them go on with SIGCONT. */
  thaw(): void | Promise<void>;
}

export interface ProbeContract {
  /** The type's `measures` and `series`. */
  readonly declared: { readonly measures: readonly MeasureSpec[]; readonly series: readonly SeriesSpec[] };
  /** Opens a prober that asks this endpoint: the real service, a closed port, or a server that never answers. */
  open(endpoint: Endpoint): Promise<Prober>;
  /** Called inside the tests, after the file's `beforeAll` started it. */
  service(): ContractService;
}

/** How soon after the abort a prober must have let go. */
const LET_GO_MS = 50;
const TIMEOUT_MS = 400;
const RUNS = 100;
const RUNNERS_TIMERS = 10;
const LONG_MS = 10_000;

/** What every probe type must do, on its real service. */
export function probeContract(name: string, subject: ProbeContract): void {
  describe(`${name}, as every probe type`, () => {
    test('sees the healthy service up', async () => {
      await using prober = await subject.open(subject.service().endpoint);
      expect(await look(prober, LONG_MS)).toMatchObject({ outcome: 'up' });
    });

    test('reports only the measures and series that it declares', async () => {
      await using prober = await subject.open(subject.service().endpoint);
      const seen = await look(prober, LONG_MS);
      expect(seen.measures.length).toBeGreaterThan(0);
      expect(undeclared(seen.measures, subject.declared.measures)).toEqual([]);
      expect(undeclared(seen.series, subject.declared.series)).toEqual([]);
    });

    test('ends within 50 ms of the abort', { retry: 2 }, async () => {
      await using server = await startSilentServer();
      await using prober = await subject.open(server.endpoint);
      expect(await lateBy(prober)).toBeLessThan(LET_GO_MS);
    });

    test('ends at once when it is aborted before it began', async () => {
      await using prober = await subject.open(subject.service().endpoint);
      const startedMs = performance.now();
      await prober.run({ signal: AbortSignal.abort(), timeoutMs: LONG_MS }).catch(() => {});
      expect(performance.now() - startedMs).toBeLessThan(1000);
    });

    test('is down for a timeout when a server accepts and never answers', async () => {
      await using server = await startSilentServer();
      await using prober = await subject.open(server.endpoint);
      expect(await runProbe(oneRun(prober))).toMatchObject({ outcome: 'down', reason: 'timeout' });
    });

    test('is down for a refused connection, and says by whom', async () => {
      const { host, port } = await closedPort();
      await using prober = await subject.open({ host, port });
      const seen = await look(prober, LONG_MS);
      expect(seen).toMatchObject({ outcome: 'down', reason: 'refused' });
      expect(seen).toHaveProperty('message', expect.stringContaining(`${host}:${port}`));
    });

    test('ends by its deadline when the service is stopped with SIGSTOP, and recovers with it', async () => {
      const service = subject.service();
      await using prober = await subject.open(service.endpoint);
      await look(prober, LONG_MS);
      await service.freeze();
      try {
        expect(await runProbe(oneRun(prober))).toMatchObject({ outcome: 'down', reason: 'timeout' });
        expect(await lateBy(prober)).toBeLessThan(2 * LET_GO_MS);
      } finally {
        await service.thaw();
      }
      await expect.poll(async () => (await look(prober, LONG_MS)).outcome, { timeout: LONG_MS }).toBe('up');
    });

    test('leaks nothing in 100 runs', async () => {
      await using prober = await subject.open(subject.service().endpoint);
      await look(prober, LONG_MS); // what is kept between probes is there from now on
      const before = openResources();
      for (let i = 0; i < RUNS; i++) await look(prober, LONG_MS);
      await expect.poll(() => grown(before, openResources()), { timeout: LONG_MS }).toEqual([]);
    });

    test('keeps no listener on the signal', async () => {
      await using prober = await subject.open(subject.service().endpoint);
      const signal = countingSignal();
      await prober.run({ signal, timeoutMs: LONG_MS });
      expect(signal.held()).toBe(0);
    });

    test('lets go of everything when it is closed, and closes twice safely', async () => {
      const before = openResources();
      const prober = await subject.open(subject.service().endpoint);
      await look(prober, LONG_MS);
      await prober[Symbol.asyncDispose]();
      await prober[Symbol.asyncDispose]();
      await expect.poll(() => grown(before, openResources()), { timeout: LONG_MS }).toEqual([]);
    });

    test('closes without ever having been run', async () => {
      const prober = await subject.open(subject.service().endpoint);
      await prober[Symbol.asyncDispose]();
    });
  });
}

const look = (prober: Prober, timeoutMs: number): Promise<Observation> =>
  prober.run({ signal: new AbortController().signal, timeoutMs });

const oneRun = (prober: Prober) => ({
  prober,
  target: { name: 'target', timeoutMs: TIMEOUT_MS, hosts: [] },
  turn: () => 'scheduled' as const,
  clock: systemClock,
  scrub: (text: string) => text,
});

/** How long after its abort a run of the prober ended, ms. */
async function lateBy(prober: Prober): Promise<number> {
  const controller = new AbortController();
  let ended = false;
  const running = prober.run({ signal: controller.signal, timeoutMs: TIMEOUT_MS }).catch(() => {});
  void running.then(() => {
    ended = true;
  });
  await sleep(TIMEOUT_MS);
  expect(ended, 'it ended although nobody answered').toBe(false);
  const abortedMs = performance.now();
  controller.abort();
  await running;
  return performance.now() - abortedMs;
}

/** Samples whose name or labels no spec has. */
function undeclared(samples: readonly Sample[], specs: readonly { name: string; labels?: readonly string[] }[]) {
  const labels = new Map(specs.map((spec) => [spec.name, new Set(spec.labels)]));
  return samples.filter(
    (sample) =>
      !Object.keys(sample.labels ?? {}).every((label) => labels.get(sample.name)?.has(label)) ||
      !labels.has(sample.name),
  );
}

/** Connections, timers and requests that the process holds, by kind. */
function openResources(): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counted.set(kind, (counted.get(kind) ?? 0) + 1);
  return counted;
}

/** Kinds of which there are more than before. The test runner has a few timers of its own, which come and go. */
const grown = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly string[] =>
  [...after]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0) + (kind === 'Timeout' ? RUNNERS_TIMERS : 0))
    .map(([kind, count]) => `${kind}: ${before.get(kind) ?? 0} → ${count}`);

/** A signal that knows how many listeners are on it. */
function countingSignal(): AbortSignal & { held(): number } {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  return Object.assign(signal, {
    addEventListener(...args: Parameters<typeof add>) {
      listeners.add(args[1]);
      add(...args);
    },
    removeEventListener(...args: Parameters<typeof remove>) {
      listeners.delete(args[1]);
      remove(...args);
    },
    held: () => listeners.size,
  });
}

/** Accepts every connection and says nothing. */
async function startSilentServer(): Promise<AsyncDisposable & { readonly endpoint: Endpoint }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    async [Symbol.asyncDispose]() {
      const end = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await end;
    },
  };
}

/** A port that was free a moment ago and that nobody listens on. */
async function closedPort(): Promise<Endpoint> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const end = once(server, 'close');
  server.close();
  await end;
  return { host: '127.0.0.1', port };
}
