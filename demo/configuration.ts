import { stringify } from 'yaml';

/** What runs, by its address; what could not be had is undefined and left out of the config. */
export interface Running {
  readonly postgres: string | undefined;
  readonly redis: string | undefined;
  readonly kafka: string | undefined;
  readonly alertmanager: string | undefined;
  readonly api: string;
  readonly worker: string | undefined;
  readonly outrider: string;
}

const has = <Value>(condition: unknown, ...values: Value[]): Value[] => (condition === undefined ? [] : values);

/** The demo's outrider.yml: every service that runs, and who stands on whom. */
export function outriderConfig(running: Running): string {
  const { postgres, redis, kafka, alertmanager } = running;
  return stringify({
    service: 'shop',
    store: 'memory',
    external_url: running.outrider,
    labels: { env: 'demo' },
    defaults: { interval: '2s', timeout: '1500ms' },
    targets: [
      ...has(postgres, { name: 'database', type: 'postgres', url: postgres, critical: true }),
      ...has(redis, { name: 'cache', type: 'redis', url: redis }),
      ...has(kafka, {
        name: 'jobs',
        type: 'kafka',
        brokers: kafka?.split(','),
        topics: ['orders'],
        groups: ['shop-worker'],
      }),
      ...shopTargets(running),
    ],
    ...(alertmanager !== undefined && { notify: { alertmanager: { urls: [alertmanager] } } }),
  });
}

function shopTargets({ postgres, redis, kafka, api, worker }: Running): object[] {
  const database = has(postgres, 'database');
  return [
    ...has(postgres, {
      name: 'pool',
      type: 'http',
      description: "the API's pool of database connections",
      url: `${api}/health/detailed`,
      depends_on: database,
      expect: { status: 200, json: { '$.database.pool.used_ratio': '< 95%' } },
    }),
    {
      name: 'api',
      type: 'http',
      url: `${api}/health/ready`,
      critical: true,
      depends_on: [...database, ...has(postgres, 'pool'), ...has(redis, 'cache'), ...has(kafka, 'jobs')],
      expect: { status: 200, json: { '$.status': 'healthy' } },
    },
    ...has(worker, {
      name: 'worker',
      type: 'http',
      url: `${worker}/health/ready`,
      depends_on: [...database, ...has(kafka, 'jobs')],
      expect: { status: 200 },
    }),
  ];
}

/** The demo's prometheus.yml: it scrapes Outrider and the shop. */
export function prometheusConfig({ outrider, api, worker }: Pick<Running, 'outrider' | 'api' | 'worker'>): string {
  const at = (url: string) => new URL(url).host;
  const job = (name: string, urls: string[]) => ({ job_name: name, static_configs: [{ targets: urls.map(at) }] });
  return stringify({
    global: { scrape_interval: '2s', evaluation_interval: '2s' },
    scrape_configs: [
      { ...job('outrider', [outrider]), honor_labels: true },
      job('shop', [api, ...has(worker, worker ?? '')]),
    ],
  });
}
