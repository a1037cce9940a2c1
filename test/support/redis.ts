import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { binary } from '../../demo/service/binary.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import type { Observation, Sample } from '../../src/core/result.ts';
import type { ProbeEnvironment, Prober } from '../../src/probe/contract.ts';
import { redis } from '../../src/probe/redis/type.ts';
import { probeEnvironment } from './probe-environment.ts';

const run = promisify(execFile);

/** A server with these arguments for the test that asks, ended with it. */
export async function redisOfTest(...args: string[]): Promise<Service> {
  const server = await startRedis({ args });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** What redis-cli prints for a command, asked of the server without TLS. */
export async function redisCli({ host, port }: Pick<Service, 'host' | 'port'>, ...command: string[]): Promise<string> {
  const { stdout } = await run(binary('redis-cli', 'valkey-cli'), ['-h', host, '-p', String(port), ...command]);
  return stdout.trim();
}

/** INFO as redis-cli reads it: the number in a field. */
export async function infoNumber(server: Pick<Service, 'host' | 'port'>, field: string): Promise<number> {
  const text = await redisCli(server, 'INFO', 'all');
  return Number(new RegExp(`^${field}:(.*)$`, 'm').exec(text)?.[1]);
}

/** A prober of these config keys, beside `type`. */
export const openRedisProber = (
  keys: Record<string, unknown>,
  environment: Partial<ProbeEnvironment> = {},
): Promise<Prober> => redis.open(redis.schema.parse({ type: 'redis', ...keys }), probeEnvironment(environment));

/** One look of a prober, with a deadline. */
export const lookOnce = (prober: Prober, timeoutMs = 5000): Promise<Observation> =>
  prober.run({ signal: AbortSignal.timeout(timeoutMs), timeoutMs });

/** One look of a new prober. */
export async function probeRedis(keys: Record<string, unknown>, timeoutMs?: number): Promise<Observation> {
  await using prober = await openRedisProber(keys);
  return await lookOnce(prober, timeoutMs);
}

/** The value of a measure or series; labels as `db=db0`. */
export function valueIn(samples: readonly Sample[], name: string, label?: string): number | undefined {
  const found = samples.filter((sample) => {
    const labels = Object.entries(sample.labels ?? {}).map(([key, text]) => `${key}=${text}`);
    return sample.name === name && (label === undefined || labels.includes(label));
  });
  if (found.length > 1) throw new Error(`${name} has ${found.length} instances`);
  return found[0]?.value;
}
