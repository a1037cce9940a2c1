import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from './binary.ts';
import { type Command, type Outcome, run } from './process.ts';

const LOCK_PATIENCE_S = 900;

/** Runs the command while no other run of ours on this machine installs anything (flock, where there is one). */
export function runAlone(command: Command, timeoutMs: number): Promise<Outcome> {
  const flock = findBinary('flock');
  if (flock === undefined) return run(command, timeoutMs);
  const lock = join(tmpdir(), `outrider-install-${process.getuid?.() ?? 'any'}.lock`);
  const args = ['-w', String(LOCK_PATIENCE_S), lock, command.file, ...command.args];
  return run({ ...command, file: flock, args }, timeoutMs + LOCK_PATIENCE_S * 1_000);
}
