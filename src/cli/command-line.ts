import type { Command, Option } from 'commander';
import type { Flags } from './settings.ts';

/** Gathers what a flag is given, time after time. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** A command with these options. */
export function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

/** An example under a command's help. */
export const example = (line: string): string => `\nExample:\n  $ ${line}\n`;

interface Described {
  readonly name: string;
  readonly says: string;
  readonly example: string;
  readonly options: readonly Option[];
}

/** A command of a program, or of a command that has several. */
export const subcommand = (program: Command, { name, says, example: line, options }: Described): Command =>
  withOptions(program.command(name), options)
    .allowExcessArguments(false)
    .description(says)
    .addHelpText('after', example(line))
    .showHelpAfterError(`Try: ${pathOf(program)} ${name} --help`);

/** The flags of a command; those before its name, or that of one it belongs to, count too, and yield to its own. */
export function flagsOf<F extends Flags>(command: Command): F {
  const own = command.opts<F>();
  const before: Flags = command.parent === null ? {} : flagsOf(command.parent);
  const config = [...(before.config ?? []), ...(own.config ?? [])];
  return { ...before, ...own, ...(config.length === 0 ? {} : { config }) };
}

/** `outrider silence` of the command of that name. */
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
