import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network of its own, with nothing but loopback in it at first; gone when it is disposed, with all that runs in it. */
export interface Namespace extends AsyncDisposable {
  readonly pid: number;
  /** What makes a command run inside, before the command itself. */
  readonly enter: readonly string[];
  /** `ip` inside. */
  ip(...args: readonly string[]): Promise<void>;
  /** Runs a program (CommonJS text) inside until the end; settles with its first line. */
  start(program: string): Promise<string>;
  /** An address out here that leads to this port of loopback inside. */
  reach(port: number): Promise<string>;
}

/** A program ends with whoever started it, whatever becomes of that. */
const WITH_US = `process.stdin.on('end', () => process.exit()).resume();`;
/** Holds the namespace; whoever connects to its Unix socket and says a port is joined with that port of loopback. */
const GATE = `${WITH_US}
require('node:net').createServer((outer) => {
  outer.on('error', () => {}).once('data', (first) => {
    const end = first.indexOf('\\n');
    const inner = require('node:net').connect(Number(first.toString('latin1', 0, end)), '127.0.0.1');
    inner.on('error', () => outer.destroy()).on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
    inner.write(first.subarray(end + 1));
    outer.pipe(inner).pipe(outer);
  });
}).listen(process.argv[1], () => console.log('open'));
`;

/** Opens one; throws where this process may not. */
export async function openNamespace(): Promise<Namespace> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-namespace-'));
  const gate = join(folder, 'gate');
  const children: ChildProcess[] = [];
  const servers: Server[] = [];
  const end = async () => {
    for (const server of servers) server.close();
    await Promise.all(children.map((child) => ended(child)));
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (command: readonly string[]) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    children.push(child);
    return { pid: child.pid ?? 0, line: await firstLine(child) };
  };
  try {
    const { pid } = await start(['unshare', '--net', process.execPath, '-e', GATE, gate]);
    const enter = ['nsenter', '--net', '--target', String(pid), '--'];
    const ip = async (...args: readonly string[]) => {
      await run('nsenter', [...enter.slice(1), 'ip', ...args]);
    };
    await ip('link', 'set', 'lo', 'up');
    return {
      pid,
      enter,
      ip,
      start: async (program) => (await start([...enter, process.execPath, '-e', WITH_US + program])).line,
      async reach(port) {
        const server = forward(gate, port);
        servers.push(server);
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (cause) {
    await end();
    throw new Error('no network namespace: this test needs root (or CAP_SYS_ADMIN), unshare, nsenter and ip', {
      cause,
    });
  }
}

const forward = (gate: string, port: number): Server =>
  createServer((outer) => {
    const inner = connect(gate);
    inner.write(`${port}\n`);
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy());
    outer.pipe(inner).pipe(outer);
  });

/** A cable between two namespaces: an interface of this name in each. */
export async function joinByCable(one: Namespace, other: Namespace, name: string): Promise<void> {
  await one.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', String(other.pid));
  await Promise.all([one, other].map((each) => each.ip('link', 'set', name, 'up')));
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let wrong = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.stderr?.on('data', (chunk) => {
      wrong += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`it ended with ${code} before it said a word: ${wrong}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
