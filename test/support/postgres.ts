import pg from 'pg';
import type { PostgresService } from '../../demo/service/postgres.ts';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Observation, Sample } from '../../src/core/result.ts';
import type { ProbeEnvironment, Prober } from '../../src/probe/contract.ts';
import { postgres } from '../../src/probe/postgres/type.ts';
import { probeEnvironment } from './probe-environment.ts';

/** A prober for the keys of a target, as the config would give them. */
export const openPostgresProber = (
  keys: Readonly<Record<string, unknown>>,
  changes: Partial<ProbeEnvironment> = {},
): Promise<Prober> => postgres.open(postgres.schema.parse({ type: 'postgres', ...keys }), probeEnvironment(changes));

/** One look, with time enough unless told otherwise. */
export const look = (prober: Prober, timeoutMs = 10_000): Promise<Observation> =>
  prober.run({ signal: AbortSignal.timeout(timeoutMs), timeoutMs });

/** One look by a prober of its own. */
export async function lookOnce(keys: Readonly<Record<string, unknown>>, timeoutMs?: number): Promise<Observation> {
  await using prober = await openPostgresProber(keys);
  return await look(prober, timeoutMs);
}

/** The value of the sample with this name and exactly these labels. */
export const valueIn = (
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined => samples.find((sample) => sample.name === name && same(sample.labels ?? {}, labels))?.value;

const same = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);

/** The machine's clock, which can be moved on: intervals and deadlines that begin later see the new time. */
export function movableClock(): Clock & { moveMs(ms: number): void } {
  let movedMs = 0;
  return {
    now: () => ({ monoMs: performance.now() + movedMs, wallMs: Date.now() + movedMs }),
    monoMs: () => performance.now() + movedMs,
    after: systemClock.after,
    moveMs(ms) {
      movedMs += ms;
    },
  };
}

/** Somebody else's session. */
export interface Other extends AsyncDisposable {
  readonly client: pg.Client;
  /** The rows that a statement gives. */
  ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The number in the only column of the only row. */
  number(sql: string): Promise<number>;
}

/** Opens a session beside the prober's, as the superuser unless told otherwise. */
export async function otherSession(server: PostgresService, changes: pg.ClientConfig = {}): Promise<Other> {
  const client = new pg.Client({ connectionString: server.url, application_name: 'test', ...changes });
  client.on('error', () => {});
  await client.connect();
  const ask = async (sql: string) => (await client.query<Readonly<Record<string, unknown>>>(sql)).rows;
  return {
    client,
    ask,
    number: async (sql) => Number(Object.values((await ask(sql))[0] ?? {})[0]),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** How many sessions of Outrider the server has now. */
export const outriders = (session: Other): Promise<number> =>
  session.number("select count(*) from pg_stat_activity where application_name = 'outrider'");
