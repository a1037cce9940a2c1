import { parseArgs } from 'node:util';
import { FAULTS, type FaultName } from './fault.ts';

export interface DemoOptions {
  readonly break: FaultName | undefined;
  readonly once: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: DemoOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads the arguments after `npm run demo --`. */
export function parseOptions(args: readonly string[]): Parsed {
  let values: { break?: string; once?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { break: { type: 'string' }, once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
  if (values.help === true) return { kind: 'help' };
  const fault = FAULTS.find(({ name }) => name === values.break);
  if (values.break !== undefined && fault === undefined) {
    const names = FAULTS.map(({ name }) => name).join(', ');
    return { kind: 'wrong', message: `--break: expected one of ${names}, got "${values.break}"` };
  }
  if (values.once === true && fault === undefined) {
    return { kind: 'wrong', message: '--once: only together with --break' };
  }
  return { kind: 'run', options: { break: fault?.name, once: values.once === true } };
}

/** The text of --help. */
export function helpText(): string {
  const faults = FAULTS.map(({ name, key, what }) => `  ${key}  ${name.padEnd(9)} ${what}`).join('\n');
  return `npm run demo [-- --break NAME [--once]]

Starts Postgres, Redis, Kafka, Alertmanager and Prometheus on free ports in a temporary folder, a small shop that uses
them, and Outrider over all of it. Ctrl-C ends it and leaves nothing behind.

  --break NAME  when everything is up, break that; heal it 15 seconds after its alert
  --once        with --break: end after the story; exit 0 if it was told as it should be, else 1
  -h, --help    this text

What can be broken, by name or by its key in the running demo (the same key again heals it):
${faults}
`;
}
