import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Container } from './compose.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Runs `docker ARGS`; gives what it printed to either stream. Rejects with its output where it fails. */
async function docker(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', args, { cwd: root, timeout: 600_000, maxBuffer: 64 * 1024 ** 2 });
  return `${stdout}${args[0] === 'logs' ? stderr : ''}`.trim();
}

/** The image, built from this checkout under a name of its own. */
export interface Image extends AsyncDisposable {
  readonly tag: string;
  /** Starts it with this config and these options of `docker run`. */
  start(config: string, ...options: readonly string[]): Promise<RunningImage>;
}

export interface RunningImage extends AsyncDisposable {
  /** Runs JavaScript in the container with its own Node; gives what it printed. */
  node(script: string): Promise<string>;
  /** The same, without waiting for its end. */
  begin(script: string): Promise<void>;
  docker(command: 'kill' | 'stop', ...options: readonly string[]): Promise<string>;
  logs(): Promise<string>;
  inspect(): Promise<Container & { readonly Config: { readonly Healthcheck?: { readonly Test: readonly string[] } } }>;
}

/** Needs an engine that speaks Docker's API: `DOCKER_HOST`, or the default socket. */
export async function buildImage(): Promise<Image> {
  const tag = `outrider-test-${randomBytes(4).toString('hex')}`;
  await docker('build', '-t', tag, '.');
  return {
    tag,
    start: (config, ...options) => start(tag, config, options),
    async [Symbol.asyncDispose]() {
      await docker('rmi', '--force', tag);
    },
  };
}

async function start(tag: string, config: string, options: readonly string[]): Promise<RunningImage> {
  const folder = mkdtempSync(join(tmpdir(), 'outrider-image-'));
  // Whoever the container runs as must be able to read it.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'outrider.yml'), config);
  const mount = `${folder}:/etc/outrider:ro`;
  const id = await docker('run', '-d', '-v', mount, ...options, tag).catch((error: unknown) => {
    rmSync(folder, { recursive: true });
    throw error;
  });
  return {
    node: (script) => docker('exec', id, 'node', '-e', script),
    begin: async (script) => void (await docker('exec', '-d', id, 'node', '-e', script)),
    docker: (command, ...more) => docker(command, ...more, id),
    logs: () => docker('logs', id),
    inspect: async () => (JSON.parse(await docker('inspect', id)) as [never])[0],
    async [Symbol.asyncDispose]() {
      await docker('rm', '--force', '--volumes', id);
      rmSync(folder, { recursive: true });
    },
  };
}
