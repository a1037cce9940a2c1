import { existsSync } from 'node:fs';
import { formatProblem } from '../config/problems.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { configFiles, type Flags, listenSetting, type Setting, splitListen, storeSetting } from './settings.ts';

/** Whether this process runs in a container, as Docker and podman mark it. */
const inContainer = (): boolean => existsSync('/.dockerenv') || existsSync('/run/.containerenv');

const isLoopback = (listen: string): boolean => /^(127\.|localhost$|\[?::1)/.test(splitListen(listen)?.host ?? listen);

/** `outrider check`: every mistake, then warnings, then what would be in force. */
export async function check(around: Surroundings, flags: Flags): Promise<ExitCode> {
  const files = configFiles(flags, around.env);
  const loaded = await around.load(files);
  if (!loaded.ok) {
    for (const problem of loaded.problems) around.out(`${formatProblem(problem)}\n`);
    const { length } = loaded.problems;
    around.err(`${files.join(', ')}: ${length} ${length === 1 ? 'mistake' : 'mistakes'}\n`);
    return 1;
  }
  const { config, warnings } = loaded;
  for (const warning of warnings) around.out(`warning: ${formatProblem(warning)}\n`);
  if (config.notActedOn.length > 0) {
    around.out(`warning: accepted and checked, but not acted on yet: ${config.notActedOn.join(', ')}\n`);
  }
  const { listen: own, store } = config;
  const inFile = { listen: own === undefined ? undefined : `${own.host}:${own.port}`, store };
  const listen = listenSetting(flags, around.env, inFile);
  if (splitListen(listen.value) === undefined) {
    around.out(`listen: expected host:port, got "${listen.value}" (${FROM[listen.source]})\n`);
    return 1;
  }
  if (inContainer() && isLoopback(listen.value)) {
    around.out(
      `warning: ${listen.value} is loopback: nobody outside this container can reach it; write 0.0.0.0:PORT\n`,
    );
  }
  around.out(
    `${files.join(', ')}: good: ${count(config.targets.length, 'target')}, ${count(config.receivers.length, 'receiver')}\n`,
  );
  around.out(line('listen', listen));
  around.out(line('store', storeSetting(flags, around.env, inFile)));
  return 0;
}

const FROM = {
  flag: 'by flag',
  environment: 'by environment',
  file: 'by the config file',
  image: 'the image’s default',
  default: 'the default',
} as const;

const line = (name: string, { value, source }: Setting): string =>
  `${name}: ${value.replace(/\/\/[^@/]*@/, '//')} (${FROM[source]})\n`;

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
