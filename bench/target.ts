import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ArrivalStats, Ask, Failure } from './server.ts';

/** The probed server in a process of its own. */
export interface Target extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  start(intervalMs: number): void;
  stats(): Promise<ArrivalStats>;
  /** From now on all targets fail. */
  fail(how: Failure): void;
  /** Ends within a second everything that is held, and refuses what comes. */
  reset(): void;
  /** From now on all targets answer again. */
  recover(): void;
}

/** Starts the server that every prober of a run is pointed at, on another core than theirs. */
export async function startTarget(core: number): Promise<Target> {
  const child = fork(join(import.meta.dirname, 'server.ts'), {
    execPath: 'taskset',
    execArgv: ['-c', String(core), process.execPath],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const ask = (message: Ask) => child.send(message);
  return {
    port,
    pid: child.pid ?? 0,
    start: (intervalMs) => void ask({ ask: 'start', intervalMs }),
    async stats() {
      ask({ ask: 'stats' });
      const [stats] = (await once(child, 'message')) as [ArrivalStats];
      return stats;
    },
    fail: (how) => void ask({ ask: 'fail', how }),
    reset: () => void ask({ ask: 'reset' }),
    recover: () => void ask({ ask: 'recover' }),
    [Symbol.asyncDispose]: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
