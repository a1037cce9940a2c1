import { type HttpServer, startHttpServer } from '../http-server.ts';
import type { Outage } from './audit.ts';
import type { Random } from './random.ts';

/** Many cheap HTTP targets on one server, each of which a test breaks and mends; what it did is what must be told. */
export interface Breakable extends AsyncDisposable {
  readonly names: readonly string[];
  urlOf(name: string): string;
  breakDown(name: string): void;
  mend(name: string): void;
  /** Every outage so far. */
  outages(): readonly Outage[];
}

/** Starts `count` of them, all well, named `target-00` and so on; `nowMs` is the wall clock of who watches them. */
export async function startBreakable(count: number, nowMs: () => number = Date.now): Promise<Breakable> {
  const names = Array.from({ length: count }, (_, at) => `target-${String(at).padStart(2, '0')}`);
  const broken = new Map<string, number>();
  const over: Outage[] = [];
  const server: HttpServer = await startHttpServer((request, response) => {
    response.writeHead(broken.has(request.url?.slice(1) ?? '') ? 503 : 200).end();
  });
  const alertOf = (name: string) => `HttpDown/${name}`;
  return {
    names,
    urlOf: (name) => `${server.url}/${name}`,
    breakDown(name) {
      if (!broken.has(name)) broken.set(name, nowMs());
    },
    mend(name) {
      const fromMs = broken.get(name);
      if (fromMs === undefined) return;
      broken.delete(name);
      over.push({ alert: alertOf(name), fromMs, toMs: nowMs() });
    },
    outages: () => [...over, ...[...broken].map(([name, fromMs]) => ({ alert: alertOf(name), fromMs }))],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export interface Script {
  /** Everything is well at the end of this; ms. */
  readonly lastsMs: number;
  /** Least and most that an outage lasts, and a quiet time between two; ms. */
  readonly outageMs: readonly [number, number];
  readonly quietMs: readonly [number, number];
}

/** Breaks and mends each target again and again, at random; settles when all are mended for good. */
export async function playOutages(targets: Breakable, { lastsMs, outageMs, quietMs }: Script, random: Random) {
  const steps: { readonly atMs: number; readonly run: () => void }[] = [];
  for (const name of targets.names) {
    for (let atMs = random.between(0, quietMs[0]); ; ) {
      const endMs = atMs + random.between(...outageMs);
      if (endMs > lastsMs) break;
      steps.push({ atMs, run: () => targets.breakDown(name) }, { atMs: endMs, run: () => targets.mend(name) });
      atMs = endMs + random.between(...quietMs);
    }
  }
  const beganMs = performance.now();
  await Promise.all(
    steps.map(
      ({ atMs, run }) =>
        new Promise<void>((resolve) =>
          setTimeout(
            () => {
              run();
              resolve();
            },
            atMs - (performance.now() - beganMs),
          ),
        ),
    ),
  );
}
