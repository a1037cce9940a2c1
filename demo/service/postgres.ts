import { randomBytes } from 'node:crypto';
import { chmod, chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinary, postgresFolder } from './binary.ts';
import { freePort, HOST } from './port.ts';
import { type Command, mustRun } from './process.ts';
import { processTable } from './process-table.ts';
import { manage, removeFolder, type Service, temporaryFolder } from './service.ts';

export interface PostgresOptions {
  /** Settings as in postgresql.conf, over the small defaults (max_connections=20, fsync=off). */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines that come before the default pg_hba.conf, so that they win. */
  readonly hba?: string;
  /** How passwords are asked for: not at all (the default), or SCRAM. */
  readonly auth?: 'trust' | 'scram-sha-256';
  /** The folder of initdb and postgres; the newest installed one if absent. */
  readonly binaries?: string;
  /** PEM texts; turns TLS on beside plain connections. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Makes a streaming standby of that running server instead of a new database. */
  readonly standbyOf?: Service;
  /** The folder under which its own is made; the temporary one if absent. */
  readonly within?: string;
}

/** `url` names the superuser and, with SCRAM, the password. */
export interface PostgresService extends Service {
  readonly user: string;
  readonly password: string;
  readonly binaries: string;
}

const DEFAULTS = { max_connections: '20', shared_buffers: '16MB', fsync: 'off', log_min_messages: 'warning' };

/** Starts a Postgres server with a new database cluster; throws with its log if it does not come up. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresService> {
  const binaries = options.binaries ?? postgresFolder();
  if (binaries === undefined) throw new Error('initdb and postgres are not installed (Debian: postgresql)');
  const folder = await temporaryFolder('postgres', options.within);
  const site: Site = { binaries, folder, data: join(folder, 'data'), user: await unprivileged() };
  const port = await freePort();
  const password = options.auth === 'scram-sha-256' ? randomBytes(12).toString('hex') : '';
  try {
    if (site.user !== undefined) await chown(folder, site.user.uid, site.user.gid);
    await create(site, options, password);
  } catch (error) {
    // initdb runs a server of its own, which may have been killed.
    await freeSharedMemory(site.data);
    await removeFolder(folder);
    throw error;
  }
  const url = `postgres://postgres${password === '' ? '' : `:${password}`}@${HOST}:${port}/postgres`;
  const service = await manage({
    name: 'postgres',
    port,
    url,
    folder,
    command: server(site, port, options),
    // Fast: a smart shutdown (SIGTERM) would wait for every client to leave.
    stopSignal: 'SIGINT',
    isReady: (pid) => says(site.data, pid, 'ready'),
    beforeStart: () => untilOver(site.data),
    beforeRemove: () => freeSharedMemory(site.data),
  });
  return Object.assign(service, { user: 'postgres', password, binaries });
}

interface Site {
  readonly binaries: string;
  readonly folder: string;
  readonly data: string;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** Postgres refuses to run as root: then it is the user postgres, or nobody. */
async function unprivileged(): Promise<Site['user']> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const match = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd);
  return match === null ? { uid: 65_534, gid: 65_534 } : { uid: Number(match[1]), gid: Number(match[2]) };
}

function command(site: Site, program: string, args: readonly string[]): Command {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', HOME: site.folder, TZ: 'UTC' };
  return { name: program, file: join(site.binaries, program), args, cwd: site.folder, env, user: site.user };
}

function server(site: Site, port: number, options: PostgresOptions): Command {
  const tls = options.tls === undefined ? {} : { ssl: 'on' };
  const settings = {
    ...DEFAULTS,
    ...tls,
    port: String(port),
    listen_addresses: HOST,
    unix_socket_directories: '',
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return command(site, 'postgres', ['-D', site.data, ...flags]);
}

async function create(site: Site, options: PostgresOptions, password: string): Promise<void> {
  if (options.standbyOf !== undefined) {
    const from = ['-d', options.standbyOf.url, '-D', site.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'];
    await mustRun(command(site, 'pg_basebackup', from));
  } else {
    const secret = join(site.folder, 'password');
    await writeOwned(site, secret, password);
    const ask = password === '' ? [] : ['--pwfile', secret];
    const flags = ['-U', 'postgres', '-A', options.auth ?? 'trust', '-N', '-E', 'UTF8', '--no-locale', ...ask];
    await mustRun(command(site, 'initdb', ['-D', site.data, ...flags]));
  }
  if (options.tls !== undefined) {
    await writeOwned(site, join(site.data, 'server.crt'), options.tls.cert);
    await writeOwned(site, join(site.data, 'server.key'), options.tls.key);
  }
  if (options.hba !== undefined) {
    const hba = join(site.data, 'pg_hba.conf');
    await writeOwned(site, hba, `${options.hba}\n${await readFile(hba, 'utf8')}`);
  }
}

async function writeOwned(site: Site, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
  if (site.user !== undefined) await chown(path, site.user.uid, site.user.gid);
}

/** Line 1 of postmaster.pid is the server's process, line 7 its shared memory, line 8 its status (as pg_ctl reads it). */
async function postmaster(data: string): Promise<{ pid: number; memory: string; status: string } | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  if (lines[0] === undefined || lines[0] === '') return undefined;
  return { pid: Number(lines[0]), memory: lines[6]?.trim() ?? '', status: lines[7]?.trim() ?? '' };
}

async function says(data: string, pid: number, status: 'ready'): Promise<boolean> {
  const file = await postmaster(data);
  return file?.pid === pid && (file.status === status || file.status === 'standby');
}

/** After a kill the server's process and everybody attached to its memory must be gone before another takes its data. */
async function untilOver(data: string): Promise<void> {
  const file = await postmaster(data);
  if (file === undefined) return;
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const lives = processTable().some(({ pid }) => pid === file.pid);
    if (!lives && !(await isAttached(file.memory))) return;
    await sleep(20);
  }
}

/** Columns of /proc/sysvipc/shm: key, shmid, perms, size, cpid, lpid, nattch. Elsewhere than on Linux: no. */
async function isAttached(memory: string): Promise<boolean> {
  const id = memory.split(/\s+/)[1];
  const table = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '');
  return table.split('\n').some((line) => {
    const columns = line.trim().split(/\s+/);
    return columns[1] === id && Number(columns[6]) > 0;
  });
}

/** A killed server leaves a small System V segment behind; one that stopped has removed its postmaster.pid. */
async function freeSharedMemory(data: string): Promise<void> {
  const id = (await postmaster(data))?.memory.split(/\s+/)[1];
  const ipcrm = findBinary('ipcrm');
  if (id === undefined || ipcrm === undefined) return;
  await mustRun({ name: 'ipcrm', file: ipcrm, args: ['-m', id] }).catch(() => undefined);
}
