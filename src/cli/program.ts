import { Command, CommanderError, Option } from 'commander';
import { OutriderError } from '../core/errors.ts';
import { LOG_FORMATS, LOG_LEVELS } from '../core/log.ts';
import { nearest } from '../core/nearest.ts';
import { check } from './check.ts';
import { collect, example, flagsOf, subcommand, withOptions } from './command-line.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { addInit } from './init.ts';
import { testReceiver } from './notify.ts';
import { probe } from './probe.ts';
import { addRemoteCommands } from './remote.ts';
import { configFiles, type Flags } from './settings.ts';

/** An option and Prometheus' spelling of it, which is hidden and sets the same flag. */
function both(ours: Option, theirs: string): readonly [Option, Option] {
  const other = new Option(theirs).hideHelp();
  const name = ours.attributeName();
  other.attributeName = () => name;
  if (ours.argChoices !== undefined) other.choices(ours.argChoices);
  else if (ours.parseArg !== undefined) other.parseArg = ours.parseArg;
  return [ours, other];
}

const configOptions = () =>
  both(
    new Option('-c, --config <file>', 'config file; repeat to merge several, as compose files do').argParser(collect),
    '--config.file <file>',
  );

const runOptions = () => [
  ...configOptions(),
  ...both(new Option('--listen <host:port>', 'where to listen'), '--web.listen-address <host:port>'),
  new Option('--store <url>', 'where to keep state: sqlite:PATH, postgres://…, memory'),
  ...both(new Option('--log-level <level>', 'least level that is logged').choices(LOG_LEVELS), '--log.level <level>'),
  ...both(new Option('--log-format <format>', 'how log lines look').choices(LOG_FORMATS), '--log.format <format>'),
  new Option('--web.config.file <file>').hideHelp().argParser(refuseWebConfig),
];

/** Prometheus takes an empty name for no file. */
function refuseWebConfig(file: string): undefined {
  if (file === '') return undefined;
  const instead = 'listen on 127.0.0.1 and put a proxy that speaks TLS in front of it';
  throw new OutriderError('usage', `--web.config.file: the web server has neither TLS nor passwords yet; ${instead}`);
}

function build(around: Surroundings, finish: (code: ExitCode) => void): Command {
  const run = async (flags: Flags) => finish(await around.run(flags, configFiles(flags, around.env)));
  const program = withOptions(new Command('outrider'), runOptions())
    .description('Probes what an application stands on, finds the root cause, and tells once.')
    .version(around.version, '--version', 'print the version')
    .helpCommand('help [command]', 'how a command is used')
    .addHelpText('after', `\nWithout a command it runs the daemon.\n${example('outrider -c outrider.yml')}`)
    .showHelpAfterError('Try: outrider --help')
    .exitOverride()
    .configureOutput({ writeOut: around.out, writeErr: around.err })
    .enablePositionalOptions()
    .allowExcessArguments()
    .action((flags: Flags, command: Command) => {
      const [unknown] = command.args;
      return unknown === undefined ? run(flags) : refuseCommand(command, unknown);
    });
  subcommand(program, {
    name: 'run',
    says: 'the daemon (what happens without a command)',
    example: 'outrider run -c outrider.yml --listen 0.0.0.0:9875',
    options: runOptions(),
  }).action((_, command: Command) => run(flagsOf(command)));
  addOfflineCommands(program, around, finish);
  addRemoteCommands(program, around, finish);
  return program;
}

/** Adds the commands that need no daemon. */
function addOfflineCommands(program: Command, around: Surroundings, finish: (code: ExitCode) => void): void {
  subcommand(program, {
    name: 'check',
    says: 'validate the config: every mistake with its place, then what would be in force',
    example: 'outrider check -c outrider.yml --explain api',
    options: [
      ...runOptions(),
      new Option('--explain <target>', 'what is in force for this target, and where each value comes from'),
    ],
  }).action(async (_, command: Command) => finish(await check(around, flagsOf(command))));
  subcommand(program, {
    name: 'probe',
    says: 'one probe now, of a target of the config or of a URL',
    example: 'outrider probe http://127.0.0.1:8080/health',
    options: [...configOptions(), new Option('--json', 'the whole result as JSON')],
  })
    .argument('<name|url>', 'a target’s name, or http://…, postgres://…, redis://…, kafka://…')
    .action(async (what: string, _, command: Command) => finish(await probe(around, what, flagsOf(command))));
  addInit(program, around, finish);
  addNotifyCommands(program, around, finish);
  subcommand(program, {
    name: 'rules',
    says: 'print Prometheus rules for the alerts of this config',
    example: 'outrider rules --independent -c outrider.yml > outrider.rules.yml',
    options: [
      ...configOptions(),
      new Option('--independent', 'each alert by its own formula in PromQL, judged by Prometheus alone'),
      new Option('--runbooks <url>', 'where docs/runbooks is, for built-in alerts without a runbook of their own'),
    ],
  }).action(async (_, command: Command) => {
    const { rules } = await import('./rules.ts');
    finish(await rules(around, flagsOf(command)));
  });
  subcommand(program, {
    name: 'dashboards',
    says: 'write Grafana dashboards for this config',
    example: 'outrider dashboards -c outrider.yml -o dashboards',
    options: [
      ...configOptions(),
      new Option('-o, --output <dir>', 'folder that they are written to').makeOptionMandatory(),
      new Option('--runbooks <url>', 'where docs/runbooks is, for built-in alerts without a runbook of their own'),
    ],
  }).action(async (_, command: Command) => {
    const { dashboards } = await import('./dashboards.ts');
    finish(await dashboards(around, flagsOf(command)));
  });
  subcommand(program, {
    name: 'schema',
    says: 'print the JSON Schema of the config file',
    example: 'outrider schema > outrider.schema.json',
    options: [],
  }).action(async () => {
    around.out(`${JSON.stringify(await around.schema(), null, 2)}\n`);
    finish(0);
  });
}

function addNotifyCommands(program: Command, around: Surroundings, finish: (code: ExitCode) => void): void {
  const notify = subcommand(program, {
    name: 'notify',
    says: 'try who is told',
    example: 'outrider notify test ops -c outrider.yml',
    options: configOptions(),
  });
  subcommand(notify, {
    name: 'test',
    says: 'one marked test message now, to every address of a receiver of the config',
    example: 'outrider notify test ops -c outrider.yml',
    options: [...configOptions(), new Option('--json', 'what each address answered as JSON')],
  })
    .argument('<receiver>', 'its name under `notify`')
    .action(async (name: string, _, command: Command) => finish(await testReceiver(around, name, flagsOf(command))));
}

function refuseCommand(program: Command, name: string): never {
  const near = nearest(
    name,
    program.commands.map((command) => command.name()),
  );
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return program.error(`error: there is no command "${name}"${hint}`);
}

/** Runs the command line; the answer is the exit code. Throws only what is a bug. */
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
    if (error instanceof OutriderError) return refuse(around, error);
    throw error;
  }
}

/** A refusal in a sentence, with the code under which docs/errors.md explains it. */
function refuse({ err }: Surroundings, { code, message }: OutriderError): ExitCode {
  if (code === 'usage') err(`error: ${message}\n`);
  else if (code === 'config_invalid') err(`${message}\nerror: the config has mistakes (${code})\n`);
  else err(`error: ${message} (${code})\n`);
  return code === 'usage' ? 2 : 1;
}
