import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from './binary.ts';
import { answersOk } from './http-ready.ts';
import { freePort, HOST } from './port.ts';
import { manage, type Service, temporaryFolder } from './service.ts';

export interface AlertmanagerOptions {
  /** The text of alertmanager.yml; absent: one receiver that tells nobody. */
  readonly config?: string;
  readonly args?: readonly string[];
  /** The folder under which its own is made; the temporary one if absent. */
  readonly within?: string;
}

const QUIET = 'route: { receiver: nobody, group_wait: 1s, group_interval: 1s }\nreceivers: [{ name: nobody }]\n';

/** Starts a single Alertmanager; throws with its log if it does not come up. */
export async function startAlertmanager(options: AlertmanagerOptions = {}): Promise<Service> {
  const file = binary('prometheus-alertmanager', 'alertmanager');
  const folder = await temporaryFolder('alertmanager', options.within);
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  const config = join(folder, 'alertmanager.yml');
  await writeFile(config, options.config ?? QUIET);
  const args = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=${HOST}:${port}`,
    '--cluster.listen-address=',
    ...(options.args ?? []),
  ];
  return manage({
    name: 'alertmanager',
    port,
    url,
    folder,
    command: { name: 'alertmanager', file, args, cwd: folder },
    isReady: () => answersOk(`${url}/-/ready`),
  });
}
