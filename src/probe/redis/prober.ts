import type { ProbeEnvironment, Prober } from '../contract.ts';
import type { RedisSettings } from './schema.ts';

/** Opens a prober; connects on its first run. */
export async function openRedis(_settings: RedisSettings, _environment: ProbeEnvironment): Promise<Prober> {
  throw new Error('not opened yet');
}
