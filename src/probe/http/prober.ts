import type { ProbeEnvironment, Prober } from '../contract.ts';
import type { HttpSettings } from './schema.ts';

/** Opens an http target. */
export async function openHttp(_settings: HttpSettings, _environment: ProbeEnvironment): Promise<Prober> {
  throw new Error('being written');
}
