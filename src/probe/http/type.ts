import { type BuiltInAlert, downAlert } from '../../core/alert.ts';
import type { ProbeType } from '../contract.ts';
import { HTTP_MEASURES, HTTP_SERIES, ownMeasure } from './measures.ts';
import { httpSchema } from './schema.ts';

const alerts: readonly BuiltInAlert[] = [
  downAlert('HttpDown', 'HTTP service'),
  {
    name: 'HttpFailing',
    when: 'avg(failed) over 15m > 10%',
    rank: 2,
    summary: 'HTTP service {{ target }} failed {{ value }} of its probes in 15 minutes',
  },
  {
    name: 'HttpSlow',
    when: 'p95(duration) over 15m > 1s',
    for: '5m',
    rank: { critical: 2, otherwise: 3 },
    summary: 'HTTP service {{ target }} is slow: 95 % of its answers take up to {{ value }}',
  },
  {
    name: 'CertificateExpiringSoon',
    when: 'certificate_expires_in < 14d and certificate_lifetime_left < 25%',
    for: '10m',
    rank: 3,
    summary: 'The certificate of {{ target }} expires in {{ value }}',
  },
  {
    name: 'CertificateExpiring',
    when: 'certificate_expires_in < 3d and certificate_lifetime_left < 10%',
    for: '10m',
    rank: 2,
    summary: 'The certificate of {{ target }} expires in {{ value }}',
  },
  {
    name: 'CertificateAboutToExpire',
    when: 'certificate_expires_in < 1d and certificate_lifetime_left < 5%',
    for: '10m',
    rank: 1,
    summary: 'The certificate of {{ target }} expires in {{ value }}',
  },
];

/** An HTTP or HTTPS service. */
export const http: ProbeType<typeof httpSchema> = {
  type: 'http',
  title: 'HTTP',
  schema: httpSchema,
  measures: HTTP_MEASURES,
  series: HTTP_SERIES,
  alerts,
  hosts: (settings) => [new URL(settings.url.reveal()).hostname.replace(/^\[|\]$/g, '')],
  ownMeasures: (settings) => Object.entries(settings.measure ?? {}).map(([name, { unit }]) => ownMeasure(name, unit)),
  byUrl: { schemes: ['http', 'https'], keys: (url) => ({ type: 'http', url }) },
  async open(settings, environment) {
    const { openHttp } = await import('./prober.ts');
    return openHttp(settings, environment);
  },
};
