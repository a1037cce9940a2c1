import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeTool, freePorts } from './compose.ts';

const root = join(import.meta.dirname, '../..');

/** Somebody else's stack, with this project's sidecar pasted beside it. */
export interface Sidecar extends AsyncDisposable {
  /** Runs `docker-compose ARGS` over both files. */
  compose(...args: readonly string[]): Promise<string>;
  /** What the engine knows of Outrider's container. */
  inspect(): Promise<SidecarContainer>;
  readonly urls: Readonly<Record<'outrider' | 'prometheus' | 'alertmanager', string>>;
}

export interface SidecarContainer {
  readonly Config: { readonly Env: readonly string[] };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Memory: number;
    readonly PidsLimit: number;
    readonly SecurityOpt: readonly string[];
  };
  readonly State: { readonly Health?: { readonly Status: string } };
}

/** Builds the image, copies test/fixture/stack and docker-compose.sidecar.yml into a folder of their own, and starts both. */
export async function openSidecar(): Promise<Sidecar> {
  const id = `outrider-test-${randomBytes(4).toString('hex')}`;
  const [outrider, prometheus, alertmanager] = await freePorts(3);
  const folder = mkdtempSync(join(tmpdir(), 'outrider-sidecar-'));
  await using opening = new AsyncDisposableStack();
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  cpSync(join(root, 'test/fixture/stack'), folder, { recursive: true });
  cpSync(join(root, 'alerts'), join(folder, 'alerts'), { recursive: true });
  cpSync(join(root, 'docker-compose.sidecar.yml'), join(folder, 'docker-compose.sidecar.yml'));
  const env = {
    ...process.env,
    OUTRIDER_IMAGE: id,
    OUTRIDER_PORT: String(outrider),
    PROMETHEUS_PORT: String(prometheus),
    ALERTMANAGER_PORT: String(alertmanager),
  };
  const { docker, compose } = await composeTool(folder, id, env);
  const both = (...args: readonly string[]) =>
    compose('-f', 'docker-compose.yml', '-f', 'docker-compose.sidecar.yml', ...args);
  await docker('build', '-t', id, root);
  opening.defer(async () => void (await docker('rmi', '--force', id)));
  opening.defer(async () => void (await both('down', '--volumes', '--timeout', '5')));
  await both('up', '-d');
  const open = opening.move();
  const at = (port: number | undefined) => `http://127.0.0.1:${port}`;
  return {
    compose: both,
    inspect: async () => (JSON.parse(await docker('inspect', await both('ps', '-q', 'outrider'))) as [never])[0],
    urls: { outrider: at(outrider), prometheus: at(prometheus), alertmanager: at(alertmanager) },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
