import { Redis } from 'ioredis';
import { report } from './report.ts';

/** What the shop keeps in Redis; every call ends within a second or rejects. */
export interface Cache {
  check(): Promise<void>;
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  increment(key: string, by: number): Promise<void>;
  close(): void;
}

/** Connects in the background and again after every loss; while there is no connection each call fails at once. */
export function openCache(url: string): Cache {
  const redis = new Redis(url, {
    commandTimeout: 800,
    connectTimeout: 1_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
  });
  redis.on('error', (error) => report('cache', error));
  return {
    async check() {
      if (redis.status !== 'ready') throw new Error('not connected');
      await redis.ping();
    },
    get: async (key) => (await redis.get(key)) ?? undefined,
    set: async (key, value, seconds) => void (await redis.set(key, value, 'EX', seconds)),
    increment: async (key, by) => void (await redis.incrby(key, by)),
    close: () => redis.disconnect(),
  };
}
