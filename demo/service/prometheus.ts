import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from './binary.ts';
import { answersOk } from './http-ready.ts';
import { freePort, HOST } from './port.ts';
import { manage, type Service, temporaryFolder } from './service.ts';

export interface PrometheusOptions {
  /** The text of prometheus.yml. */
  readonly config: string;
  readonly args?: readonly string[];
  /** The folder under which its own is made; the temporary one if absent. */
  readonly within?: string;
}

/** Starts a Prometheus with an empty database; throws with its log if it does not come up. */
export async function startPrometheus(options: PrometheusOptions): Promise<Service> {
  const file = binary('prometheus');
  const folder = await temporaryFolder('prometheus', options.within);
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, options.config);
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${HOST}:${port}`,
    '--web.enable-lifecycle',
    ...(options.args ?? []),
  ];
  return manage({
    name: 'prometheus',
    port,
    url,
    folder,
    command: { name: 'prometheus', file, args, cwd: folder },
    isReady: () => answersOk(`${url}/-/ready`),
  });
}
