import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { draftOfPrometheus } from '../../../src/generate/init/prometheus.ts';
import { configText } from '../../../src/generate/init/write.ts';
import { configFolder, goodConfig } from '../../support/config-folder.ts';

interface Written {
  readonly targets: readonly Readonly<Record<string, unknown>>[];
  readonly notify?: unknown;
}

/** The draft of a config of Prometheus and its blackbox_exporter, and what is written. */
function made(prometheus: string, blackbox = 'modules: { http_2xx: { prober: http } }') {
  using folder = configFolder();
  const files = [folder.write('prometheus.yml', prometheus), folder.write('blackbox.yml', blackbox)] as const;
  const draft = draftOfPrometheus(...files, 'shop');
  const written = configText(draft);
  return { draft, written, ...(parse(written) as Written) };
}

const job = (targets: string, module = 'http_2xx'): string => `
scrape_configs:
  - job_name: web
    metrics_path: /probe
    params: { module: [${module}] }
    static_configs: [{ targets: [${targets}] }]
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { target_label: __address__, replacement: "blackbox:9115" }
`;

describe('a config of Prometheus that asks a blackbox_exporter', () => {
  it('becomes a target for each address, with labels and interval', async () => {
    const { written, targets, notify } = made(`
global: { scrape_interval: 30s }
alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] }
scrape_configs:
  - job_name: web
    scrape_interval: 20s
    metrics_path: /probe
    params: { module: [http_2xx] }
    static_configs:
      - { targets: ["https://shop.example.com/health", "api.example.com:8080"], labels: { team: core } }
  - job_name: partners
    metrics_path: /probe
    params: { module: [http_2xx] }
    static_configs: [{ targets: ["https://partner.example.com"] }]
`);
    expect(targets).toEqual([
      {
        name: 'shop.example.com/health',
        type: 'http',
        url: 'https://shop.example.com/health',
        interval: '20s',
        labels: { team: 'core' },
      },
      {
        name: 'api.example.com:8080',
        type: 'http',
        url: 'http://api.example.com:8080',
        interval: '20s',
        labels: { team: 'core' },
      },
      { name: 'partner.example.com', type: 'http', url: 'https://partner.example.com', interval: '30s' },
    ]);
    expect(notify).toEqual({ alertmanager: { urls: ['http://alertmanager:9093'] } });
    await goodConfig(written);
  });

  it('keeps how the module asks and what it expects', async () => {
    const { written, targets } = made(
      job('"https://a.example.com"', 'login'),
      `modules:
  login:
    prober: http
    timeout: 3s
    http:
      method: POST
      headers: { Content-Type: application/json }
      body: '{}'
      valid_status_codes: [200, 201]
      follow_redirects: false
      fail_if_body_not_matches_regexp: ["^ok"]
      tls_config: { insecure_skip_verify: true }
      basic_auth: { username: probe, password: opensesame }
`,
    );
    expect(targets[0]).toEqual({
      name: 'a.example.com',
      type: 'http',
      url: 'https://a.example.com',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
      auth: { basic: { username: 'probe', password: `\${LOGIN_PASSWORD}` } },
      tls: { insecure_skip_verify: true },
      redirects: 'none',
      interval: '1m',
      timeout: '3s',
      expect: { status: [200, 201], body: '/^ok/' },
    });
    expect(written).not.toContain('opensesame');
    await goodConfig(written, { LOGIN_PASSWORD: 'p' });
  });

  it('refers to the file that holds a password', async () => {
    const { targets } = made(
      job('"https://a.example.com"', 'm'),
      'modules: { m: { prober: http, http: { authorization: { credentials_file: /run/secrets/token } } } }',
    );
    expect(targets[0]?.['auth']).toEqual({ bearer: `\${file:/run/secrets/token}` });
  });

  it('says what of a module has no counterpart', () => {
    const { draft, written } = made(
      job('"https://a.example.com"', 'm'),
      `modules:
  m: { prober: http, http: { fail_if_body_matches_regexp: [error], preferred_ip_protocol: ip4, proxy_url: "http://proxy:3128" } }
`,
    );
    const said = ['fail_if_body_matches_regexp', 'preferred_ip_protocol', 'proxy_url'].map(
      (key) => `module m: ${key} has no counterpart`,
    );
    expect(draft.remarks).toEqual(said);
    for (const line of said) expect(written).toContain(`# - ${line}`);
  });

  it('leaves out what has no probe type yet', () => {
    const { draft } = made(job('"db.example.com:3306"', 'tcp_connect'), 'modules: { tcp_connect: { prober: tcp } }');
    expect(draft.leftOut).toEqual([{ name: 'db.example.com:3306', reason: 'no-probe-type', detail: 'tcp' }]);
  });

  it('asks a Redis that a redis_exporter is told of', async () => {
    const { written, targets } = made(`
scrape_configs:
  - job_name: redis
    metrics_path: /scrape
    static_configs: [{ targets: ["redis://cache:6379", "redis://:opensesame@queue:6379"] }]
`);
    expect(targets.map(({ name, type, url }) => [name, type, url])).toEqual([
      ['cache:6379', 'redis', 'redis://cache:6379'],
      ['queue:6379', 'redis', `\${QUEUE_6379_URL}`],
    ]);
    expect(written).not.toContain('opensesame');
    await goodConfig(written, { QUEUE_6379_URL: 'redis://:p@queue:6379' });
  });

  it('says of other jobs that they tell no address to ask', () => {
    const { draft } = made(`
rule_files: [rules/*.yml]
scrape_configs:
  - { job_name: postgres, static_configs: [{ targets: ["postgres-exporter:9187"] }] }
  - { job_name: nodes, file_sd_configs: [{ files: ["nodes/*.yml"] }] }
  - { job_name: web, metrics_path: /probe, params: { module: [http_2xx] }, dns_sd_configs: [{ names: [web.example.com] }] }
`);
    expect(draft.targets).toEqual([]);
    expect(draft.remarks).toEqual([
      'job postgres: it is scraped, not asked; add what it measures as a target of type postgres',
      'job nodes: it is scraped, not asked',
      'job web: dns_sd_configs has no counterpart: list the addresses',
      'rule_files: Outrider has alerts of its own; outrider rules prints them for Prometheus',
    ]);
  });

  it('works without the modules, and says what it took for them', async () => {
    using folder = configFolder();
    const draft = draftOfPrometheus(
      folder.write('prometheus.yml', job('"https://a.example.com"', 'http_2xx')),
      undefined,
      'shop',
    );
    expect(draft.targets.map(({ name }) => name)).toEqual(['a.example.com']);
    expect(draft.remarks).toEqual(['module http_2xx is not known: any 2xx is up (--blackbox FILE gives the modules)']);
    await goodConfig(configText(draft));
  });
});
