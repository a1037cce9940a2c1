import { binary } from '../../demo/service/binary.ts';
import { answersOk } from '../../demo/service/http-ready.ts';
import { freePort, HOST } from '../../demo/service/port.ts';
import { manage, type Service, temporaryFolder } from '../../demo/service/service.ts';
import { type Exposition, parseExposition } from './peer.ts';

export interface ExporterOptions {
  /** The exporter's own name, as `redis_exporter`: Debian says `prometheus-redis-exporter`. */
  readonly name: 'blackbox_exporter' | 'postgres_exporter' | 'redis_exporter';
  /** The arguments for listening on this address, `127.0.0.1:9121`. */
  readonly args: (address: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts an exporter on a free port; throws with its log if it does not come up. */
export async function startExporter({ name, args, env }: ExporterOptions): Promise<Service> {
  const file = binary(`prometheus-${name.replace('_', '-')}`, name);
  const folder = await temporaryFolder('exporter');
  const port = await freePort();
  const url = `http://${HOST}:${port}/metrics`;
  return manage({
    name,
    port,
    url,
    folder,
    command: { name, file, args: args(`${HOST}:${port}`), cwd: folder, env: { ...process.env, ...env } },
    isReady: () => answersOk(`http://${HOST}:${port}/`),
  });
}

/** What it says now. */
export async function scrape(url: string): Promise<Exposition> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return parseExposition(await response.text());
}
