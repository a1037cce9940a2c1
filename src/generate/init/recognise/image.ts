/** What an image is known to be. */
export interface Known {
  readonly kind:
    | 'postgres'
    | 'pgbouncer'
    | 'redis'
    | 'sentinel'
    | 'kafka'
    | 'http'
    | 'tool'
    | 'alertmanager'
    | 'unprobed'
    | 'itself';
  /** Where it answers, of `http` and `tool`. */
  readonly port?: number;
  readonly path?: string;
}

const row = (kind: Known['kind'], names: string, port?: number, path?: string) => ({
  names: new RegExp(`(^|/)(${names})$`),
  known: { kind, ...(port === undefined ? {} : { port }), ...(path === undefined ? {} : { path }) },
});

/** By the end of an image's name, without registry and tag. The first row that fits counts. */
const TABLE = [
  row('itself', 'outrider'),
  row('pgbouncer', 'pgbouncer'),
  row(
    'postgres',
    'postgres|postgresql|postgresql-repmgr|postgis|timescaledb|timescaledb-ha|pgvector|pgvecto-rs|vchord-postgres|citus|paradedb|spilo-\\d+|cloudnative-pg|postgres-ssl',
  ),
  row('sentinel', 'redis-sentinel|valkey-sentinel'),
  row('redis', 'redis|valkey|keydb|dragonfly|redis-stack|redis-stack-server|redis-cluster|valkey-cluster|kvrocks'),
  row('kafka', 'kafka|kafka-native|kafka-container|cp-kafka|cp-server|cp-enterprise-kafka|confluent-local|redpanda'),
  row('alertmanager', 'alertmanager', 9093, '/-/healthy'),
  row('tool', 'prometheus', 9090, '/-/healthy'),
  row('tool', 'grafana|grafana-oss|grafana-enterprise', 3000, '/api/health'),
  row('tool', 'loki|tempo|mimir', 3100, '/ready'),
  row('tool', 'opentelemetry-collector|opentelemetry-collector-contrib', 4318),
  row('tool', 'postgres-exporter|postgres_exporter', 9187, '/metrics'),
  row('tool', 'redis_exporter|redis-exporter|valkey-exporter', 9121, '/metrics'),
  row('tool', 'kafka-exporter|kafka_exporter', 9308, '/metrics'),
  row('tool', 'node-exporter|node_exporter', 9100, '/metrics'),
  row('tool', 'blackbox-exporter|blackbox_exporter', 9115, '/-/healthy'),
  row('tool', 'cadvisor', 8080, '/healthz'),
  row('tool', 'redpandadata/console|kafka-ui|kafbat-ui|akhq|adminer|phpmyadmin|redis-commander', 8080),
  row('tool', 'pgadmin4', 80, '/misc/ping'),
  row('tool', 'kafdrop', 9000),
  row('tool', 'cp-enterprise-control-center|cp-enterprise-control-center-next-gen', 9021),
  row('tool', 'redisinsight', 5540),
  row('tool', 'mailhog|mailpit', 8025),
  row('tool', 'maildev', 1080),
  row('tool', 'all-in-one|jaeger', 16_686),
  row('tool', 'flower', 5555),
  row('tool', 'portainer|portainer-ce|portainer-ee', 9000),
  row('tool', 'dozzle', 8080),
  row('http', 'cp-schema-registry|schema-registry', 8081, '/subjects'),
  row('http', 'cp-ksqldb-server|ksqldb-server', 8088, '/healthcheck'),
  row('http', 'cp-kafka-rest', 8082),
  row('http', 'elasticsearch|opensearch', 9200, '/_cluster/health'),
  row('http', 'kibana', 5601, '/api/status'),
  row('http', 'clickhouse|clickhouse-server', 8123, '/ping'),
  row('http', 'minio', 9000, '/minio/health/live'),
  row('http', 'couchdb', 5984, '/_up'),
  row('http', 'influxdb', 8086, '/health'),
  row('http', 'meilisearch', 7700, '/health'),
  row('http', 'typesense', 8108, '/health'),
  row('http', 'qdrant', 6333, '/readyz'),
  row('http', 'weaviate', 8080, '/v1/.well-known/ready'),
  row('http', 'vault', 8200, '/v1/sys/health'),
  row('http', 'consul', 8500, '/v1/status/leader'),
  row('http', 'imgproxy', 8080, '/health'),
  row('http', 'gotenberg', 3000, '/health'),
  row('http', 'tika', 9998, '/version'),
  row('unprobed', 'mysql|mysql-server|mariadb|mariadb-galera|percona|percona-server|tidb'),
  row(
    'unprobed',
    'mongo|mongodb|mongodb-community-server|ferretdb|cassandra|scylla|neo4j|arangodb|rethinkdb|cockroach|surrealdb',
  ),
  row('unprobed', 'rabbitmq|nats|activemq|activemq-artemis|artemis|eclipse-mosquitto|mosquitto|emqx|pulsar|beanstalkd'),
  row('unprobed', 'memcached|zookeeper|cp-zookeeper|etcd|mssql/server|azure-sql-edge|oracle-xe|oracle-free|postfix'),
] as const;

/** What an image is known to be by its name: registry, tag and digest do not count. */
export function knownImage(image: string): Known | undefined {
  const path = image
    .toLowerCase()
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^(localhost|[^/]*[.:][^/]*)\//, '');
  return TABLE.find(({ names }) => names.test(path))?.known;
}
