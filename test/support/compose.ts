import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The project's compose file, brought up under a name, image names and ports of its own. */
export interface Compose extends AsyncDisposable {
  /** Runs `docker-compose ARGS`; gives what it printed. Rejects with its output where it fails. */
  compose(...args: readonly string[]): Promise<string>;
  docker(...args: readonly string[]): Promise<string>;
  /** Runs JavaScript in a service's container with its own Node. */
  node(service: string, script: string): Promise<string>;
  /** The first container of a service, as the engine describes it. */
  inspect(service: string): Promise<Container>;
  /** `http://127.0.0.1:PORT` of a service that publishes one. */
  readonly urls: Readonly<Record<'outrider' | 'alertmanager' | 'prometheus' | 'shop', string>>;
  /** The services that run; Grafana is left out where its image cannot be had. */
  readonly services: readonly string[];
}

export interface Container {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
}

const MINUTE_MS = 60_000;

type Call = (...args: readonly string[]) => Promise<string>;

/** `docker` and its compose command in a folder, for a project of this name. Either rejects with its output where it fails. */
export async function composeTool(
  folder: string,
  project: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly docker: Call; readonly compose: Call }> {
  const call = async (file: string, args: readonly string[], timeoutMs = 10 * MINUTE_MS): Promise<string> => {
    const options = { cwd: folder, env, timeout: timeoutMs, maxBuffer: 64 * 1024 ** 2 };
    const { stdout } = await run(file, args, options).catch((error: Error & { stdout?: string }) => {
      throw new Error(`${error.message}\n${error.stdout?.slice(-4000)}`, { cause: error });
    });
    return stdout.trim();
  };
  const [file = '', ...first] = await call('docker', ['compose', 'version'], MINUTE_MS).then(
    () => ['docker', 'compose'],
    () => ['docker-compose'],
  );
  return {
    docker: (...args) => call('docker', args),
    compose: (...args) => call(file, [...first, '-p', project, ...args]),
  };
}

/** Builds the images and starts every service. Needs an engine that speaks Docker's API: `DOCKER_HOST`, or the default socket. */
export async function openCompose(): Promise<Compose> {
  const id = `outrider-test-${randomBytes(4).toString('hex')}`;
  const [outrider, alertmanager, prometheus, shop, grafana] = await freePorts(5);
  const env = {
    ...process.env,
    OUTRIDER_IMAGE: `${id}-daemon`,
    SHOP_IMAGE: `${id}-shop`,
    OUTRIDER_PORT: String(outrider),
    ALERTMANAGER_PORT: String(alertmanager),
    PROMETHEUS_PORT: String(prometheus),
    SHOP_PORT: String(shop),
    GRAFANA_PORT: String(grafana),
  };
  const { docker, compose } = await composeTool(root, id, env);
  const containerOf = async (service: string) => (await compose('ps', '-q', '-a', service)).split('\n')[0] ?? '';
  const close = async () => {
    await compose('down', '--volumes', '--timeout', '5');
    await docker('rmi', '--force', env.OUTRIDER_IMAGE, env.SHOP_IMAGE);
  };

  const all = (await compose('config', '--services')).split('\n');
  const services = (await canHave(docker, compose, 'grafana')) ? all : all.filter((name) => name !== 'grafana');
  await using opening = new AsyncDisposableStack();
  opening.defer(close);
  await compose('build', 'outrider', 'shop');
  await compose('up', '-d', '--no-build', ...services);
  opening.move();
  const at = (port: number | undefined) => `http://127.0.0.1:${port}`;
  return {
    compose,
    docker,
    node: async (service, script) => docker('exec', await containerOf(service), 'node', '-e', script),
    async inspect(service) {
      const [container] = JSON.parse(await docker('inspect', await containerOf(service))) as Container[];
      if (container === undefined) throw new Error(`${service} has no container`);
      return container;
    },
    urls: { outrider: at(outrider), alertmanager: at(alertmanager), prometheus: at(prometheus), shop: at(shop) },
    services,
    [Symbol.asyncDispose]: close,
  };
}

/** Whether a service's image is there or can be pulled. */
async function canHave(docker: Call, compose: Call, service: string): Promise<boolean> {
  const config = await compose('config');
  const image = new RegExp(`^  ${service}:\\n(?:    .*\\n)*?    image: (\\S+)`, 'm').exec(config)?.[1] ?? '';
  return docker('image', 'inspect', image)
    .catch(() => docker('pull', '--quiet', image))
    .then(
      () => true,
      () => false,
    );
}

/** Ports that nothing listened on a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  for (const server of servers) server.close();
  return ports;
}
