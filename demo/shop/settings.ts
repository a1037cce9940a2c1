/** What the shop is told by its environment; what is not set is left out of the shop. */
export interface ShopSettings {
  readonly host: string;
  readonly port: number;
  /** The loopback port of the switches that break it on purpose; undefined: there are none. */
  readonly adminPort: number | undefined;
  readonly databaseUrl: string | undefined;
  readonly poolSize: number;
  readonly redisUrl: string | undefined;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  /** How many orders its own pretended customers place per second. */
  readonly ordersPerSecond: number;
}

/** Reads HOST, PORT, ADMIN_PORT, DATABASE_URL, POOL_SIZE, REDIS_URL, KAFKA_BROKERS, KAFKA_TOPIC, KAFKA_GROUP, ORDERS_PER_SECOND; throws on a number that is none. */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): ShopSettings {
  const text = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  const number = (name: string, fallback: number): number => {
    const value = Number(text(name) ?? fallback);
    if (!Number.isFinite(value) || value < 0) throw new Error(`${name}: expected a number, got "${text(name)}"`);
    return value;
  };
  return {
    host: text('HOST') ?? '127.0.0.1',
    port: number('PORT', 8080),
    adminPort: text('ADMIN_PORT') === undefined ? undefined : number('ADMIN_PORT', 0),
    databaseUrl: text('DATABASE_URL'),
    poolSize: number('POOL_SIZE', 5),
    redisUrl: text('REDIS_URL'),
    brokers: (text('KAFKA_BROKERS') ?? '').split(',').flatMap((broker) => broker.trim() || []),
    topic: text('KAFKA_TOPIC') ?? 'orders',
    group: text('KAFKA_GROUP') ?? 'shop-worker',
    ordersPerSecond: number('ORDERS_PER_SECOND', 2),
  };
}
