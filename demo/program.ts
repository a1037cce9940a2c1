import { join } from 'node:path';
import { answersOk } from './service/http-ready.ts';
import { HOST } from './service/port.ts';
import { manage, type Service, temporaryFolder } from './service/service.ts';

const ROOT = join(import.meta.dirname, '..');

export interface ProgramSettings {
  readonly name: string;
  /** Relative to the repository. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly port: number;
  /** What answers 200 once it is ready. */
  readonly readyPath: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly within: string;
}

/** Starts one of this repository's own programs with the Node that runs the demo; it gets no variable but PATH, HOME and its own. */
export async function startProgram(settings: ProgramSettings): Promise<Service> {
  const url = `http://${HOST}:${settings.port}`;
  const { PATH, HOME } = process.env;
  // kafkajs sets a timer in the past when it connects; that is nothing for the reader of its log.
  const node = ['--disable-warning=TimeoutNegativeWarning', join(ROOT, settings.script)];
  return manage({
    name: settings.name,
    port: settings.port,
    url,
    folder: await temporaryFolder(settings.name, settings.within),
    command: {
      name: settings.name,
      file: process.execPath,
      args: [...node, ...(settings.args ?? [])],
      cwd: ROOT,
      env: { PATH, HOME, ...settings.environment },
    },
    isReady: () => answersOk(`${url}${settings.readyPath}`),
  });
}
