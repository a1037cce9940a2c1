import { formatProblem } from '../config/problems.ts';
import { errorText } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { scrubber } from '../core/secret.ts';
import type { ExitCode, Surroundings, Tried } from './contract.ts';
import { configFiles, type Flags } from './settings.ts';

type TestFlags = Flags & { readonly json?: boolean };

/** `outrider notify test RECEIVER`: a marked message to every address of one receiver, without a daemon. */
export async function testReceiver(around: Surroundings, name: string, flags: TestFlags): Promise<ExitCode> {
  const files = configFiles(flags, around.env);
  const loaded = await around.load(files);
  if (!loaded.ok) {
    around.err(`${loaded.problems.map(formatProblem).join('\n')}\n`);
    return 1;
  }
  const { config } = loaded;
  const receiver = config.receivers.find((one) => one.name === name);
  if (receiver === undefined) {
    const names = config.receivers.map((one) => one.name);
    around.err(`error: ${unknownReceiver(name, names, files)}\n`);
    return 2;
  }
  const scrub = scrubber(config.secrets);
  try {
    const tried = await around.tryReceiver(receiver, config);
    around.out(scrub(flags.json === true ? `${JSON.stringify(tried.map(toJson), null, 2)}\n` : told(around, tried)));
    return tried.every(({ delivery }) => delivery.ok) ? 0 : 1;
  } catch (error) {
    around.err(scrub(`error: ${name} could not be opened: ${errorText(error)}\n`));
    return 1;
  }
}

function unknownReceiver(name: string, names: readonly string[], files: readonly string[]): string {
  const near = nearest(name, names);
  const hint = near === undefined ? `; it has ${names.join(', ') || 'none'}` : `; did you mean "${near}"?`;
  return `${files.join(', ')} has no receiver "${name}"${hint}`;
}

const told = ({ style }: Surroundings, tried: readonly Tried[]): string =>
  tried.map(({ peer, delivery, tookMs }) => `${peer}: ${answer(delivery, tookMs, style)}\n`).join('');

function answer(delivery: Tried['delivery'], tookMs: number, style: Surroundings['style']): string {
  if (delivery.ok) return `${style('green', 'delivered')} in ${Math.round(tookMs)} ms`;
  const maybe = delivery.maybeTaken === true ? ' (it may have been taken all the same)' : '';
  return `${style('red', delivery.retry ? 'failed' : 'refused')}: ${delivery.message}${maybe}`;
}

const toJson = ({ peer, delivery, tookMs }: Tried): object => ({
  peer,
  delivered: delivery.ok,
  tookMs: Math.round(tookMs),
  ...(delivery.ok ? {} : { reason: delivery.reason, message: delivery.message, final: !delivery.retry }),
});
