import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A process of the bench, on a core of its own where `taskset` is. */
export interface Pinned extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
}

/** Starts a command pinned to `core`. */
export function pinned(core: number, command: string, args: readonly string[], options: SpawnOptions = {}): Pinned {
  const child = spawn('taskset', ['-c', String(core), command, ...args], { stdio: 'ignore', ...options });
  child.on('error', (error) => {
    throw new Error(`${command} could not be started: ${error.message}`);
  });
  return {
    child,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** USER_HZ of Linux on every architecture that Node runs on; see proc(5). */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that a process has taken so far. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory now, bytes. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

/** CPU seconds that all of the machine spent on something else than idling. */
export function machineBusySeconds(): number {
  const fields = (/^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '').split(' ').map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields;
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}
