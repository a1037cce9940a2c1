import { chmod, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from '../../demo/service/binary.ts';
import { accepts, freePort, HOST } from '../../demo/service/port.ts';
import type { PostgresService } from '../../demo/service/postgres.ts';
import { manage, type Service, temporaryFolder } from '../../demo/service/service.ts';

export interface PgBouncerOptions {
  readonly mode: 'session' | 'transaction' | 'statement';
  /** Users and their passwords; they log in to the server without one. */
  readonly users: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
}

/** It refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Starts a PgBouncer before the server, which asks for no password. */
export async function startPgBouncer(server: PostgresService, options: PgBouncerOptions): Promise<Service> {
  const file = binary('pgbouncer');
  const folder = await temporaryFolder('pgbouncer');
  const port = await freePort();
  const paths = { config: join(folder, 'pgbouncer.ini'), users: join(folder, 'users.txt') };
  const settings = {
    listen_addr: HOST,
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'md5',
    auth_file: paths.users,
    pool_mode: options.mode,
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const databases = `[databases]\n* = host=${server.host} port=${server.port}`;
  await writeFile(paths.config, `${databases}\n[pgbouncer]\n${lines.join('\n')}\n`);
  const users = Object.entries(options.users).map(([name, password]) => `"${name}" "${password}"`);
  await writeFile(paths.users, `${users.join('\n')}\n`);
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  if (user !== undefined)
    await Promise.all([folder, paths.config, paths.users].map((path) => chown(path, user.uid, user.gid)));
  await chmod(paths.users, 0o600);
  return manage({
    name: 'pgbouncer',
    port,
    url: `postgres://${HOST}:${port}/postgres`,
    folder,
    command: { name: 'pgbouncer', file, args: [paths.config], cwd: folder, user },
    // Fast: SIGINT would wait for the queries of its clients.
    stopSignal: 'SIGTERM',
    isReady: () => accepts(port),
  });
}
