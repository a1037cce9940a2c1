import { existsSync } from 'node:fs';
import { canInstall, install } from './apt.ts';
import { KAFKA_JARS } from './kafka.ts';
import { fetchKafkaJars } from './kafka-jars.ts';
import { instruction, lacks, REQUIREMENTS, type RequirementName } from './requirement.ts';

/** Whether a service can be started here now; if not, exactly what to install and how. */
export type Provision =
  | { readonly name: RequirementName; readonly ok: true }
  | { readonly name: RequirementName; readonly ok: false; readonly instruction: string };

/**
 * Finds each service's programs, and gets what is missing where the machine allows it: Debian's packages as root, Kafka's jars
 * by Maven. `say` hears one line for each thing that is fetched.
 */
export async function provision(
  names: readonly RequirementName[] = REQUIREMENTS,
  say: (line: string) => void = () => undefined,
): Promise<Provision[]> {
  const missing = names.flatMap((name) => lacks(name));
  const refusal = missing.length === 0 ? undefined : await tryInstall(missing, say);
  const results: Provision[] = [];
  for (const name of names) results.push(await settle(name, refusal, say));
  return results;
}

async function tryInstall(missing: ReturnType<typeof lacks>, say: (line: string) => void): Promise<string | undefined> {
  if (!canInstall()) return undefined;
  for (const { what, packages } of missing) say(`installing ${packages[0]} (for ${what}) with apt-get`);
  return install(missing);
}

async function settle(
  name: RequirementName,
  refusal: string | undefined,
  say: (line: string) => void,
): Promise<Provision> {
  const missing = lacks(name);
  if (missing.length > 0) return { name, ok: false, instruction: instruction(name, missing, refusal) };
  if (name !== 'kafka' || existsSync(KAFKA_JARS)) return { name, ok: true };
  say("fetching Kafka's jars (45 MB, once) with Maven");
  const failure = await fetchKafkaJars();
  if (failure === undefined) return { name, ok: true };
  return { name, ok: false, instruction: `kafka: its jars could not be fetched.\n  ${failure}` };
}
