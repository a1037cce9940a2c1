import { Command, CommanderError, Option } from 'commander';
import { LOG_FORMATS, LOG_LEVELS } from '../core/log.ts';
import { check } from './check.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { probe } from './probe.ts';
import { configFiles, type Flags } from './settings.ts';

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

function withConfig(command: Command): Command {
  return command
    .addOption(
      new Option('-c, --config <file>', 'config file; repeat to merge several, as compose files do').argParser(collect),
    )
    .addOption(new Option('--config.file <file>', 'the same, in Prometheus’ spelling').argParser(collect).hideHelp());
}

function withRun(command: Command): Command {
  return withConfig(command)
    .option('--listen <host:port>', 'where to listen')
    .addOption(new Option('--web.listen-address <host:port>').hideHelp())
    .option('--store <url>', 'where to keep state: sqlite:PATH, postgres://…, memory')
    .addOption(new Option('--log-level <level>', 'least level that is logged').choices(LOG_LEVELS))
    .addOption(new Option('--log.level <level>').choices(LOG_LEVELS).hideHelp())
    .addOption(new Option('--log-format <format>', 'how log lines look').choices(LOG_FORMATS))
    .addOption(new Option('--log.format <format>').choices(LOG_FORMATS).hideHelp());
}

const example = (line: string) => `\nExample:\n  $ ${line}\n`;

function build(around: Surroundings, finish: (code: ExitCode) => void): Command {
  const program = new Command('outrider')
    .description('Probes what an application stands on, finds the root cause, and tells once.')
    .version(around.version, '--version', 'print the version')
    .exitOverride()
    .configureOutput({ writeOut: around.out, writeErr: around.err })
    .enablePositionalOptions()
    .addHelpText('after', example('outrider -c outrider.yml --listen 0.0.0.0:9875'));

  withRun(program).action(async (flags: Flags) => finish(await around.run(flags, configFiles(flags, around.env))));
  withRun(program.command('run').description('the daemon (what happens without a command)'))
    .addHelpText('after', example('outrider run -c outrider.yml'))
    .action(async (flags: Flags) => finish(await around.run(flags, configFiles(flags, around.env))));
  withConfig(program.command('check').description('validate the config: every mistake with its place'))
    .option('--listen <host:port>', 'as for run, to see what would win')
    .addHelpText('after', example('outrider check -c outrider.yml'))
    .action(async (flags: Flags) => finish(await check(around, flags)));
  withConfig(program.command('probe').description('one probe now, of a target of the config or of a URL'))
    .argument('<name|url>', 'a target’s name, or http://…, postgres://…, redis://…, kafka://…')
    .option('--json', 'the whole result as JSON')
    .addHelpText('after', example('outrider probe http://127.0.0.1:8080/health'))
    .action(async (what: string, flags: Flags & { json?: boolean }) => finish(await probe(around, what, flags)));
  program
    .command('schema')
    .description('print the JSON Schema of the config file')
    .addHelpText('after', example('outrider schema > outrider.schema.json'))
    .action(async () => {
      around.out(`${JSON.stringify(await around.schema(), null, 2)}\n`);
      finish(0);
    });
  return program;
}

/** Runs the command line; the answer is the exit code. Throws only what is a bug, or a refusal (OutriderError). */
export async function runCommandLine(argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = build(around, (next) => {
    code = next;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
