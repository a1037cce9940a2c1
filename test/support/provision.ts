import { provision } from '../../demo/service/provision.ts';

/** Before the tests against real services: gets every service, or says exactly what to install. */
export async function setup(): Promise<void> {
  const results = await provision(undefined, (line) => process.stdout.write(`${line}\n`));
  const instructions = results.flatMap((result) => (result.ok ? [] : [result.instruction]));
  if (instructions.length === 0) return;
  throw new Error(`These tests run on real services, and some cannot be had here:\n${instructions.join('\n')}`);
}
