import { describe, expect, it } from 'vitest';
import { settingsFrom } from '../../../demo/shop/settings.ts';

describe("the shop's environment", () => {
  it('may be empty: then the shop runs without its services', () => {
    expect(settingsFrom({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      adminPort: undefined,
      databaseUrl: undefined,
      poolSize: 5,
      redisUrl: undefined,
      brokers: [],
      topic: 'orders',
      group: 'shop-worker',
      ordersPerSecond: 2,
    });
  });

  it('may name several brokers', () => {
    expect(settingsFrom({ KAFKA_BROKERS: 'a:9092, b:9092,' }).brokers).toEqual(['a:9092', 'b:9092']);
  });

  it('takes an empty variable as absent', () => {
    expect(settingsFrom({ DATABASE_URL: '', PORT: ' ' })).toMatchObject({ databaseUrl: undefined, port: 8080 });
  });

  it.each(['x', '-1', 'Infinity'])('refuses PORT=%s', (PORT) => {
    expect(() => settingsFrom({ PORT })).toThrow(`PORT: expected a number, got "${PORT}"`);
  });
});
