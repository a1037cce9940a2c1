import pg from 'pg';
import { report } from './report.ts';

export interface Order {
  readonly id: number;
  readonly item: string;
  readonly quantity: number;
  readonly status: 'placed' | 'shipped';
}

export interface PoolState {
  readonly size: number;
  readonly used: number;
  readonly waiting: number;
  readonly used_ratio: number;
}

/** The shop's orders in Postgres, through one pool; every call ends within two seconds or rejects. */
export interface Database {
  check(): Promise<void>;
  recent(limit: number): Promise<Order[]>;
  place(item: string, quantity: number): Promise<Order>;
  /** Orders that the queue has not taken yet, oldest first. */
  unsent(limit: number): Promise<Order[]>;
  markSent(ids: readonly number[]): Promise<void>;
  ship(ids: readonly number[]): Promise<void>;
  pool(): PoolState;
  /** Takes every connection of the pool and keeps it, until the signal. */
  exhaust(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const SCHEMA = `
create table if not exists orders (
  id bigint generated always as identity primary key,
  item text not null,
  quantity integer not null check (quantity > 0),
  status text not null default 'placed',
  sent boolean not null default false,
  placed_at timestamptz not null default now()
);
create index if not exists orders_unsent on orders (id) where not sent;
`;
const COLUMNS = 'id::int as id, item, quantity, status';
/** Any number of our own; two processes that create the table at once would collide. */
const SCHEMA_LOCK = 7_305_118;

/** Opens nothing yet: the first query connects, so that a dead database does not keep the shop from starting. */
export function openDatabase(url: string, size: number, applicationName: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    application_name: applicationName,
    connectionTimeoutMillis: 700,
    query_timeout: 1_000,
    idleTimeoutMillis: 10_000,
  });
  pool.on('error', (error) => report('database', error));
  let prepared = false;
  const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> => {
    if (!prepared) {
      // Several statements in one message are one transaction.
      await pool.query(`select pg_advisory_xact_lock(${SCHEMA_LOCK}); ${SCHEMA}`);
      prepared = true;
    }
    return (await pool.query<Row>(sql, values)).rows;
  };
  return {
    async check() {
      try {
        await query('select 1');
      } catch (error) {
        const { used, waiting } = stateOf(pool, size);
        if (used < size) throw error;
        throw new Error(`no free connection: ${used} of ${size} in use, ${waiting} waiting`, { cause: error });
      }
    },
    recent: (limit) => query<Order>(`select ${COLUMNS} from orders order by orders.id desc limit $1`, [limit]),
    place: async (item, quantity) => {
      const sql = `insert into orders (item, quantity) values ($1, $2) returning ${COLUMNS}`;
      const [order] = await query<Order>(sql, [item, quantity]);
      if (order === undefined) throw new Error('the database returned no order');
      return order;
    },
    unsent: (limit) =>
      query<Order>(`select ${COLUMNS} from orders where not sent order by orders.id limit $1`, [limit]),
    markSent: async (ids) => void (await query('update orders set sent = true where id = any($1)', [ids])),
    ship: async (ids) => void (await query(`update orders set status = 'shipped' where id = any($1)`, [ids])),
    pool: () => stateOf(pool, size),
    exhaust: (signal) => exhaust(pool, size, signal),
    close: () => pool.end(),
  };
}

function stateOf(pool: pg.Pool, size: number): PoolState {
  const used = pool.totalCount - pool.idleCount;
  return { size, used, waiting: pool.waitingCount, used_ratio: used / size };
}

/** A leak, as applications have it: connections are taken and not given back. */
async function exhaust(pool: pg.Pool, size: number, signal: AbortSignal): Promise<void> {
  const taken: pg.PoolClient[] = [];
  signal.addEventListener('abort', () => {
    for (const client of taken.splice(0)) client.release();
  });
  while (taken.length < size && !signal.aborted) {
    try {
      const client = await pool.connect();
      client.on('error', (error) => report('database', error));
      if (signal.aborted) client.release();
      else taken.push(client);
    } catch (error) {
      // Others hold them at the moment: ask again.
      report('database', error);
    }
  }
}
