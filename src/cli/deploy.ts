import type { ExitCode, Surroundings } from './contract.ts';
import { type DaemonFlags, openDaemon } from './daemon.ts';
import { oneLine } from './table.ts';

type DeployFlags = DaemonFlags & {
  readonly service?: string;
  readonly target?: readonly string[];
  readonly by?: string;
  readonly link?: string;
  readonly grace?: string;
};

interface Deployment {
  readonly id: string;
  readonly version: string;
  readonly at: string;
}

/** `outrider deploy`: marks a new version among what changed; the answer is the deployment's id. */
export async function deploy(around: Surroundings, version: string, flags: DeployFlags): Promise<ExitCode> {
  const { service, target, by, link, grace } = flags;
  const wanted = { version, service, targets: target, by, url: link, grace };
  const marked = await openDaemon(around, flags).post<Deployment>('/api/v1/deployments', wanted);
  around.out(flags.json === true ? `${JSON.stringify(marked, null, 2)}\n` : `${oneLine(marked.id)}\n`);
  return 0;
}
