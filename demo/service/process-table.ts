import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** One living (not zombie) process: its id, its parent and its process group. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** All living processes of this machine that we may see; zombies are left out, since nothing can end them any more. */
export function processTable(): ProcessEntry[] {
  return existsSync('/proc/self/stat') ? fromProc() : parsePs(ps());
}

/**
 * The process, everything in its group and all their descendants. Postgres gives each backend a session of its own,
 * so the group alone would miss them.
 */
export function family(leader: number, table: readonly ProcessEntry[] = processTable()): number[] {
  const members = new Set(
    table.filter((entry) => entry.pid === leader || entry.group === leader).map(({ pid }) => pid),
  );
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of table) {
      if (!members.has(parent) || members.has(pid)) continue;
      members.add(pid);
      grown = true;
    }
  }
  return [...members];
}

/** One line of /proc/PID/stat; the command in parentheses may itself hold spaces and parentheses. */
export function parseStat(line: string): (ProcessEntry & { readonly state: string }) | undefined {
  const match = /^(\d+) \(.*\) (\S) (\d+) (\d+) /s.exec(line);
  if (match === null) return undefined;
  return { pid: Number(match[1]), state: match[2] ?? '', parent: Number(match[3]), group: Number(match[4]) };
}

/** The output of `ps -axo pid=,ppid=,pgid=,stat=`, where there is no /proc. */
export function parsePs(output: string): ProcessEntry[] {
  return output.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
  });
}

function fromProc(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const entry = parseStat(statOf(name));
    if (entry === undefined || entry.state === 'Z' || entry.state === 'X') return [];
    return [{ pid: entry.pid, parent: entry.parent, group: entry.group }];
  });
}

/** A process may end between the listing and the reading. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

function ps(): string {
  return execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
}
