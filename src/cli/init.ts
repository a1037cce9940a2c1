import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { errorText, OutriderError } from '../core/errors.ts';
import type { Draft } from '../generate/init/draft.ts';
import { collect, subcommand } from './command-line.ts';
import type { ExitCode, Surroundings } from './contract.ts';

interface InitFlags {
  readonly compose?: readonly string[];
  readonly profile?: readonly string[];
  readonly environment?: boolean;
  readonly gatus?: string;
  readonly prometheus?: string;
  readonly blackbox?: string;
  readonly output: string;
  readonly stdout?: boolean;
  readonly force?: boolean;
}

const SCHEMA = 'outrider.schema.json';

/** Adds `outrider init`. */
export function addInit(program: Command, around: Surroundings, finish: (code: ExitCode) => void): void {
  subcommand(program, {
    name: 'init',
    says: 'write a config from a compose file, the environment, Gatus or Prometheus',
    example: 'outrider init -f docker-compose.yml -f docker-compose.prod.yml',
    options: [
      new Option(
        '-f, --compose <file>',
        'compose file, - for stdin; repeat to merge several, as compose does',
      ).argParser(collect),
      new Option('--profile <name>', 'profile of the compose file that is active; repeat for several').argParser(
        collect,
      ),
      new Option('--environment', 'from the environment alone: DATABASE_URL, REDIS_URL, KAFKA_BROKERS, …_URL'),
      new Option('--gatus <file>', 'from a config of Gatus'),
      new Option('--prometheus <file>', 'from a config of Prometheus that asks a blackbox_exporter'),
      new Option('--blackbox <file>', 'the blackbox_exporter’s modules, with --prometheus'),
      new Option('-o, --output <file>', 'where to write it, - for stdout').default('config/outrider.yml'),
      new Option('--stdout', 'write it to stdout'),
      new Option('--force', 'replace what is there'),
    ],
  }).action(async (_, command: Command) => finish(await init(around, command.opts<InitFlags>())));
}

/** `outrider init`: the config to a file, what was guessed to stderr. Throws OutriderError `usage`. */
async function init(around: Surroundings, flags: InitFlags): Promise<ExitCode> {
  const toStdout = flags.stdout === true || flags.output === '-';
  if (!toStdout && flags.force !== true && existsSync(flags.output))
    throw new OutriderError('usage', `${flags.output} exists; --force replaces it, -o writes elsewhere`);
  const draft = await draftOf(around, flags);
  const { configText } = await import('../generate/init/write.ts');
  const { sayDraft } = await import('../generate/init/said.ts');
  const text = configText(draft);
  if (toStdout) around.out(text);
  else await write(around, flags.output, text, flags.force === true);
  around.err(sayDraft(draft, text, toStdout ? undefined : flags.output));
  return 0;
}

/** Exactly one source is asked; without a flag the compose file that is there, else the environment. */
async function draftOf({ env }: Surroundings, flags: InitFlags): Promise<Draft> {
  const given = (['compose', 'environment', 'gatus', 'prometheus'] as const).filter(
    (name) => flags[name] !== undefined,
  );
  if (given.length > 1)
    throw new OutriderError('usage', `expected only one of ${given.map((name) => `--${name}`).join(' and ')}`);
  if (flags.blackbox !== undefined && flags.prometheus === undefined)
    throw new OutriderError('usage', '--blackbox goes with --prometheus: the targets are there');
  const { defaultComposeFiles, defaultProfiles, folderName } = await import('../generate/init/sources.ts');
  if (flags.gatus !== undefined) {
    const { draftOfGatus } = await import('../generate/init/gatus.ts');
    return draftOfGatus(flags.gatus, folderName());
  }
  if (flags.prometheus !== undefined) {
    const { draftOfPrometheus } = await import('../generate/init/prometheus.ts');
    return draftOfPrometheus(flags.prometheus, flags.blackbox, folderName());
  }
  const files = flags.compose ?? (flags.environment === true ? [] : defaultComposeFiles(env));
  if (files.length === 0) {
    const { draftOfEnvironment } = await import('../generate/init/environment.ts');
    return draftOfEnvironment(env, folderName());
  }
  const { loadProject } = await import('../generate/init/compose/load.ts');
  const { draftOfProject } = await import('../generate/init/compose.ts');
  const profiles = flags.profile ?? defaultProfiles(env);
  return draftOfProject(loadProject(files, env), {
    from: files.map((file) => (file === '-' ? 'stdin' : file)).join(', '),
    profiles,
  });
}

/** The config, and beside it the schema that its first line names, for editors. */
async function write(around: Surroundings, path: string, text: string, force: boolean): Promise<void> {
  const schema = join(dirname(path), SCHEMA);
  try {
    mkdirSync(dirname(path), { recursive: true });
    // `wx`: what came to be since it was looked for is not overwritten either.
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
    if (!existsSync(schema))
      writeFileSync(schema, `${JSON.stringify(await around.schema(), null, 2)}\n`, { flag: 'wx' });
  } catch (error) {
    throw new OutriderError('usage', `${path} cannot be written: ${errorText(error)}`, { cause: error });
  }
}
