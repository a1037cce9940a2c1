import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { formatProblem, type Problem } from '../config/problems.ts';
import { SecretUrl } from '../core/secret.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { inForce } from './in-force.ts';
import {
  checkStore,
  configFiles,
  configSetting,
  type Env,
  type Flags,
  listenSetting,
  logFormatSetting,
  logLevelSetting,
  originOf,
  type Setting,
  storeSetting,
  toAddress,
  toLogFormat,
  toLogLevel,
} from './settings.ts';

type CheckFlags = Flags & { readonly explain?: string };

/**
 * `outrider check`: every mistake, or warnings and then what would be in force; with `--explain` what is in force for
 * one target. Throws OutriderError `usage`.
 */
export async function check(around: Surroundings, flags: CheckFlags): Promise<ExitCode> {
  const files = configFiles(flags, around.env);
  const loaded = await around.load(files);
  if (!loaded.ok) return tellMistakes(around, files, loaded.problems);
  const { config, warnings } = loaded;
  if (flags.explain !== undefined) {
    around.out(inForce(around, config, files, flags.explain));
    return 0;
  }
  const settings = settingsOf(around, flags, config);
  const all = [
    ...warnings.map((warning) => tellProblem(around, warning)),
    ...(config.notActedOn.length === 0
      ? []
      : [`accepted and checked, but not acted on yet: ${config.notActedOn.join(', ')}`]),
    ...(isShutIn(settings.listen, around.env)
      ? [`${settings.listen.value} is loopback: nobody outside this container can reach it; write 0.0.0.0:PORT`]
      : []),
  ];
  for (const warning of all) around.out(`${around.style('yellow', 'warning')}: ${warning}\n`);
  const summary = [countTargets(config), count(config.receivers.length, 'receiver'), count(all.length, 'warning')];
  around.out(`${around.style('green', 'good')}: ${summary.join(', ')}\n`);
  around.out(table(Object.values(settings)));
  return 0;
}

function tellMistakes(around: Surroundings, files: readonly string[], problems: readonly Problem[]): ExitCode {
  for (const problem of problems) around.out(`${tellProblem(around, problem)}\n`);
  around.err(`${count(problems.length, 'mistake')} in ${files.join(', ')}\n`);
  return 1;
}

/** The place stands out, and stays what editors and terminals make a link of. */
function tellProblem({ style }: Surroundings, problem: Problem): string {
  const text = formatProblem(problem);
  const place = `${problem.file}:${problem.line}:${problem.column}:`;
  return `${style('bold', place)}${text.slice(place.length)}`;
}

/** What would be in force; a value that cannot be is refused here as it is by `run`. */
function settingsOf({ env, onTerminal }: Surroundings, flags: Flags, { listen: own, store: inFile }: Config) {
  const file = { listen: own === undefined ? undefined : addressText(own), store: inFile };
  const config = { ...configSetting(flags, env), value: configFiles(flags, env).join(', ') };
  const listen = listenSetting(flags, env, file);
  const store = storeSetting(flags, env, file);
  const level = logLevelSetting(flags, env);
  const format = logFormatSetting(flags, env, onTerminal);
  toAddress(listen);
  checkStore(store);
  toLogLevel(level);
  toLogFormat(format);
  return { config, listen, store: { ...store, value: new SecretUrl(store.value).toString() }, level, format };
}

const addressText = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Whether it is a loopback listener in a container, as Docker, podman and Kubernetes mark one. */
function isShutIn(listen: Setting, env: Env): boolean {
  const { host } = toAddress(listen);
  if (!/^(127\.|localhost$|::1$)/i.test(host)) return false;
  const marked = existsSync('/.dockerenv') || existsSync('/run/.containerenv');
  return marked || env['KUBERNETES_SERVICE_HOST'] !== undefined;
}

function countTargets({ targets }: Config): string {
  const byType = new Map<string, number>();
  for (const { target } of targets) byType.set(target.type, (byType.get(target.type) ?? 0) + 1);
  const types = [...byType].map(([type, number]) => `${number} ${type}`);
  return `${count(targets.length, 'target')}${types.length === 0 ? '' : ` (${types.join(', ')})`}`;
}

function table(settings: readonly Setting[]): string {
  const widest = Math.max(...settings.map(({ value }) => value.length));
  const row = (setting: Setting) =>
    `  ${setting.name.padEnd(10)}  ${setting.value.padEnd(widest)}  ${originOf(setting)}\n`;
  return settings.map(row).join('');
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
