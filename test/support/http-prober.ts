import type { z } from 'zod';
import type { Observation } from '../../src/core/result.ts';
import type { ProbeEnvironment, Prober } from '../../src/probe/contract.ts';
import { http } from '../../src/probe/http/type.ts';
import { probeEnvironment } from './probe-environment.ts';

type Keys = Omit<z.input<typeof http.schema>, 'type'>;

/** Opens an http prober of these config keys. */
export const openHttp = (keys: Keys, environment: Partial<ProbeEnvironment> = {}): Promise<Prober> =>
  http.open(http.schema.parse({ type: 'http', ...keys }), probeEnvironment(environment));

/** Opens, looks once and closes. */
export async function lookOnce(keys: Keys, environment: Partial<ProbeEnvironment> = {}): Promise<Observation> {
  await using prober = await openHttp(keys, environment);
  return prober.run({ signal: AbortSignal.timeout(10_000), timeoutMs: 10_000 });
}

/** A sample's value by its name, and its labels where they matter. */
export const sampleOf = (samples: Observation['measures'], name: string): number | undefined =>
  samples.find((sample) => sample.name === name)?.value;

/** Why a run failed, or the outcome where it did not. */
export const failureOf = (seen: Observation): string =>
  seen.outcome === 'down' ? `${seen.reason}: ${seen.message}` : seen.outcome;
