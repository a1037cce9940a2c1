/** What the demo can break: its key, what happens, what it needs, and the target that is the root cause. */
export const FAULTS = [
  { name: 'database', key: 'd', needs: 'postgres', root: 'database', what: 'Postgres is killed (kill -9)' },
  { name: 'cache', key: 'c', needs: 'redis', root: 'cache', what: 'Redis is killed (kill -9)' },
  { name: 'queue', key: 'q', needs: 'kafka', root: 'jobs', what: 'Kafka is killed (kill -9)' },
  { name: 'slow', key: 's', needs: undefined, root: 'api', what: 'the API takes 4 s to answer' },
  { name: 'errors', key: 'e', needs: undefined, root: 'api', what: 'the API answers 500' },
  { name: 'pool', key: 'p', needs: 'postgres', root: 'pool', what: "all connections of the API's pool are taken" },
  { name: 'worker', key: 'w', needs: 'kafka', root: 'worker', what: "the shop's worker is stopped" },
] as const;

export type Fault = (typeof FAULTS)[number];
export type FaultName = Fault['name'];
