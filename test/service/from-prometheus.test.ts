import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPrometheus } from '../../demo/service/prometheus.ts';
import type { Service } from '../../demo/service/service.ts';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { parseExposition } from '../support/peer.ts';
import { until } from '../support/wait.ts';

const TOKEN = 'otr_the-token-of-prometheus';
/** How long after its start Prometheus goes on seeing the trouble. */
const TROUBLE_MS = 12_000;

interface Shown {
  readonly alertname: string;
  readonly target: string;
  readonly state: string;
  readonly origin: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
}

describe('a real Prometheus with Outrider as its Alertmanager', () => {
  let server: HttpServer;
  let folder: ConfigFolder;
  let outrider: Outrider;
  let prometheus: Service;

  beforeAll(async () => {
    server = await startHttpServer((_request, response) => response.end('fine'));
    folder = configFolder();
    outrider = await startOutrider(`
service: shop
external_url: https://ops.example.com/outrider
targets: [{ name: api, type: http, url: "${server.url}", interval: 1s }]
auth: { tokens: [{ name: prometheus, token: ${TOKEN}, scopes: [write] }] }
`);
    const rules = folder.write(
      'rules.yml',
      `
groups:
  - name: shop
    rules:
      - alert: QueueFull
        expr: vector(time()) < ${Math.round((Date.now() + TROUBLE_MS) / 1000)}
        labels: { target: api, severity: critical }
        annotations: { summary: 'the queue of {{ $externalLabels.cluster }} is full' }
      - { alert: Elsewhere, expr: vector(1), labels: { team: billing } }
`,
    );
    prometheus = await startPrometheus({
      config: `
global: { evaluation_interval: 1s, external_labels: { cluster: c1 } }
rule_files: ["${rules}"]
alerting:
  alertmanagers:
    - path_prefix: /outrider
      authorization: { credentials: ${TOKEN} }
      static_configs: [{ targets: ["${new URL(outrider.url).host}"] }]
`,
      args: ['--rules.alert.resend-delay=1s'],
    });
  });
  afterAll(async () => {
    await Promise.all([prometheus, outrider, server].map((one) => one?.[Symbol.asyncDispose]()));
    folder?.[Symbol.dispose]();
  });

  const shown = async (name: string): Promise<Shown | undefined> =>
    (await outrider.json<readonly Shown[]>('/api/v1/alerts')).find(({ alertname }) => alertname === name);

  it('has its alerts shown at the target that their labels name, with all that they say', async () => {
    const { value } = await until('QueueFull is shown', () => shown('QueueFull'));
    expect(value).toMatchObject({
      target: 'api',
      origin: 'external',
      labels: { alertname: 'QueueFull', target: 'api', severity: 'critical', cluster: 'c1' },
      annotations: { summary: 'the queue of c1 is full' },
    });
    const page = await outrider.get(`/alerts/${value.fingerprint}`);
    expect([page.status, (await page.text()).includes('the queue of c1 is full')]).toEqual([200, true]);
  });

  it('has those shown too that speak of no target', async () => {
    const { value } = await until('Elsewhere is shown', () => shown('Elsewhere'));
    expect(value).toMatchObject({ target: '', origin: 'external', labels: { team: 'billing' } });
  });

  it('may call its labels anything, as newer ones do, and /metrics stays readable', async () => {
    const sent = await fetch(`${outrider.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify([{ labels: { alertname: 'Dotted', 'service.name': 'billing' } }]),
    });
    expect([sent.status, await sent.text()]).toEqual([200, '']);
    const exposed = parseExposition(await (await outrider.get('/metrics')).text());
    const labels = (exposed.get('outrider_alerts') ?? []).map((each) => each.labels);
    expect(labels).toContainEqual(expect.objectContaining({ alertname: 'Dotted', service_name: 'billing' }));
  });

  it('sends nothing in vain, and ends what ended', async () => {
    await until('QueueFull has ended', async () => ((await shown('QueueFull')) === undefined ? true : undefined));
    expect(await shown('Elsewhere')).toBeDefined();
    const own = parseExposition(await (await fetch(`${prometheus.url}/metrics`)).text());
    const total = (name: string) => (own.get(name) ?? []).reduce((sum, { value }) => sum + value, 0);
    expect(total('prometheus_notifications_sent_total')).toBeGreaterThan(0);
    // What it dropped it dropped before it knew of any Alertmanager.
    expect(total('prometheus_notifications_errors_total')).toBe(0);
  });
});
