import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { activeAlerts } from '../support/alertmanager.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type HttpService, startHttpService } from '../support/http-service.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 2000;

interface Outage {
  readonly target: string;
  readonly alertname: string;
  readonly type: string;
  readonly severity: string;
  readonly reason: string;
  readonly description: RegExp;
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

describe('an outage', () => {
  let cache: Service;
  let queue: KafkaService;
  let api: HttpService;
  let alertmanager: Service;
  let outrider: Outrider;

  beforeAll(async () => {
    [cache, queue, api, alertmanager] = await Promise.all([
      startRedis(),
      startKafka(),
      startHttpService(),
      startAlertmanager(),
    ]);
    outrider = await startOutrider(`
service: shop
labels: { env: test, team: core }
defaults: { interval: ${INTERVAL_MS}ms, timeout: 1500ms }
targets:
  - { name: cache, type: redis, url: "${cache.url}", critical: true, labels: { tier: memory } }
  - { name: queue, type: kafka, brokers: ["${queue.brokers[0]}"], critical: false }
  - { name: api, type: http, url: "${api.url}/health" }
notify:
  alertmanager: { urls: ["${alertmanager.url}"] }
`);
    await untilStatus(outrider, 'up', ['cache', 'queue', 'api']);
  });
  afterAll(async () => {
    const all = [outrider, cache, queue, api, alertmanager];
    await Promise.all(all.map((one) => one?.[Symbol.asyncDispose]()));
  });

  it.each<[string, () => Outage]>([
    [
      'of a Redis that is killed',
      () => ({
        target: 'cache',
        alertname: 'RedisDown',
        type: 'redis',
        severity: 'P0',
        reason: 'refused',
        description: new RegExp(`^connection refused by 127\\.0\\.0\\.1:${cache.port}$`),
        begin: cache.kill,
        end: cache.start,
      }),
    ],
    [
      'of a Kafka that is killed',
      () => ({
        target: 'queue',
        alertname: 'KafkaDown',
        type: 'kafka',
        severity: 'P2',
        reason: 'refused',
        description: new RegExp(`connection refused by 127\\.0\\.0\\.1:${queue.port}`),
        begin: queue.kill,
        end: queue.start,
      }),
    ],
    [
      'of an HTTP server that answers 503',
      () => ({
        target: 'api',
        alertname: 'HttpDown',
        type: 'http',
        severity: 'P1',
        reason: 'assertion',
        description: /^expected status 2xx, got 503$/,
        begin: () => api.become(503),
        end: () => api.become(200),
      }),
    ],
  ])(
    '%s is one alert within the interval and 2 s, and ends within two intervals and 2 s of its return',
    async (_, of) => {
      const outage = of();
      const { target, alertname, type, severity } = outage;
      await outage.begin();
      const begun = await until(
        'an alert is in Alertmanager',
        async () => (await activeAlerts(alertmanager.url))[0],
        INTERVAL_MS + 2000,
      );
      const { labels, annotations } = begun.value;
      const tier = target === 'cache' ? { tier: 'memory' } : {};
      expect(labels).toEqual({
        alertname,
        target,
        type,
        severity,
        service: 'shop',
        env: 'test',
        team: 'core',
        ...tier,
      });
      expect(annotations['description']).toMatch(outage.description);
      const exposed = await exposedBy(outrider);
      expect(seriesIn(exposed, 'outrider_probe_failure_info', { target, reason: outage.reason })).toBe(1);
      expect(exposed.get('outrider_alerts')?.map((series) => series.labels['alertname'])).toEqual([alertname]);

      await outage.end();
      await until(
        'the alert has ended',
        async () => ((await activeAlerts(alertmanager.url)).length === 0 ? true : undefined),
        2 * INTERVAL_MS + 2000,
      );
      expect(seriesIn(await exposedBy(outrider), 'outrider_target_up', { target })).toBe(1);
    },
  );
});
