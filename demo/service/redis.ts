import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from './binary.ts';
import { accepts, freePort, HOST } from './port.ts';
import { manage, type Service, temporaryFolder } from './service.ts';

export interface RedisOptions {
  /** Further arguments of redis-server, such as `--requirepass` and its value. */
  readonly args?: readonly string[];
  /** PEM texts; then the port speaks TLS only, and clients need no certificate. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  /** The folder under which its own is made; the temporary one if absent. */
  readonly within?: string;
}

/** Starts a Redis server without persistence; throws with its log if it does not come up. */
export async function startRedis(options: RedisOptions = {}): Promise<Service> {
  const file = binary('redis-server', 'valkey-server');
  const folder = await temporaryFolder('redis', options.within);
  const port = await freePort();
  const listen = options.tls === undefined ? ['--port', String(port)] : await secured(folder, port, options.tls);
  const args = [...listen, '--bind', HOST, '--save', '', '--dir', folder, ...(options.args ?? [])];
  return manage({
    name: 'redis',
    port,
    url: `${options.tls === undefined ? 'redis' : 'rediss'}://${HOST}:${port}`,
    folder,
    command: { name: 'redis', file, args, cwd: folder },
    isReady: () => accepts(port),
  });
}

async function secured(folder: string, port: number, pem: NonNullable<RedisOptions['tls']>): Promise<string[]> {
  const path = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key'), ca: join(folder, 'ca.crt') };
  await Promise.all([writeFile(path.cert, pem.cert), writeFile(path.key, pem.key), writeFile(path.ca, pem.ca)]);
  const files = ['--tls-cert-file', path.cert, '--tls-key-file', path.key, '--tls-ca-cert-file', path.ca];
  return ['--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
}
