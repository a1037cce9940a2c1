import type { ProbeType } from '../contract.ts';
import { addressOf } from './address.ts';
import { postgresAlerts } from './alerts.ts';
import { postgresMeasures } from './measures.ts';
import { postgresSeries } from './series.ts';
import { postgresSchema } from './settings.ts';
import { SCHEMES } from './url.ts';

/** PostgreSQL 14 to 18, a standby too, directly or through PgBouncer. */
export const postgres: ProbeType<typeof postgresSchema> = {
  type: 'postgres',
  title: 'Postgres',
  schema: postgresSchema,
  measures: postgresMeasures,
  series: postgresSeries,
  alerts: postgresAlerts,
  hosts: (config) => {
    const { host } = addressOf(config);
    return [host.startsWith('/') ? 'localhost' : host];
  },
  byUrl: { schemes: SCHEMES, keys: (url) => ({ type: 'postgres', url }) },
  async open(config, environment) {
    const { openProber } = await import('./prober.ts');
    return openProber(config, environment);
  },
};
