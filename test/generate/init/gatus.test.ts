import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { draftOfGatus } from '../../../src/generate/init/gatus.ts';
import { configText } from '../../../src/generate/init/write.ts';
import { configFolder, goodConfig } from '../../support/config-folder.ts';

/** The draft of a config of Gatus, and the targets as they are written. */
function made(text: string) {
  using folder = configFolder();
  const draft = draftOfGatus(folder.write('config.yaml', text), 'shop');
  const written = configText(draft);
  const { targets } = parse(written) as { readonly targets: readonly Readonly<Record<string, unknown>>[] };
  return { draft, written, targets };
}

const endpoint = (...lines: readonly string[]): string =>
  `endpoints:\n  - name: api\n    url: https://api.example.com/health\n${lines.map((line) => `    ${line}\n`).join('')}`;
const conditions = (...all: readonly string[]): string => endpoint(`conditions: ${JSON.stringify(all)}`);

describe('a config of Gatus', () => {
  it('becomes a good config', async () => {
    const { written, draft } = made(`
endpoints:
  - name: front-end
    group: core
    url: "https://twin.example/health"
    interval: 5m
    conditions: ["[STATUS] == 200", "[BODY].status == UP", "[RESPONSE_TIME] < 150", "[CERTIFICATE_EXPIRATION] > 48h"]
  - { name: dns, url: "192.0.2.8", dns: { query-name: example.com, query-type: A }, conditions: ["[DNS_RCODE] == NOERROR"] }
  - { name: ping, url: "icmp://example.org", conditions: ["[CONNECTED] == true"] }
`);
    const { targets } = await goodConfig(written);
    expect(targets.map(({ target }) => [target.name, target.group, target.intervalMs])).toEqual([
      ['front-end', 'core', 300_000],
    ]);
    expect(draft.leftOut).toEqual([
      { name: 'dns', reason: 'no-probe-type', detail: 'dns' },
      { name: 'ping', reason: 'no-probe-type', detail: 'icmp' },
    ]);
  });

  it.each([
    ['[STATUS] == 200', { status: 200 }],
    ['[STATUS] == any(200, 429)', { status: [200, 429] }],
    ['[STATUS] < 300', { status: '100-299' }],
    ['[STATUS] <= 299', { status: '100-299' }],
    ['[STATUS] >= 400', { status: '400-599' }],
    ['[BODY].status == UP', { status: '100-599', json: { '$.status': 'UP' } }],
    ['[BODY].checks[0].used < 80', { status: '100-599', json: { '$.checks[0].used': '< 80' } }],
    ['[BODY].count == 3', { status: '100-599', json: { '$.count': '== 3' } }],
    ['has([BODY].id) == true', { status: '100-599', json: { '$.id': 'present' } }],
    ['[BODY] == pat(*healthy*)', { status: '100-599', body: 'healthy' }],
    ['[BODY] == pat(ok*)', { status: '100-599', body: '/^ok[\\s\\S]*$/' }],
    ['[BODY] == OK.', { status: '100-599', body: '/^OK\\.$/' }],
    ['[CONNECTED] == true', { status: '100-599' }],
  ])('%s becomes an expectation', async (condition, expected) => {
    const { targets, written } = made(conditions(condition));
    expect(targets[0]?.['expect']).toEqual(expected);
    await goodConfig(written);
  });

  it.each([
    ['[RESPONSE_TIME] < 300', { name: 'HttpSlow', when: 'p95(duration) over 15m > 300ms' }],
    ['[CERTIFICATE_EXPIRATION] > 48h', { name: 'CertificateExpiring', when: 'certificate_expires_in < 48h' }],
  ])('%s becomes an alert', async (condition, alert) => {
    const { targets, written } = made(conditions('[STATUS] == 200', condition));
    expect(targets[0]?.['alerts']).toEqual([alert]);
    await goodConfig(written);
  });

  it.each(['[DOMAIN_EXPIRATION] > 720h', '[IP] == 192.0.2.1', 'len([BODY].items) > 0', '[BODY].name == pat(*x*)'])(
    '%s has no counterpart, and that is said in the file too',
    (condition) => {
      const { draft, written } = made(conditions(condition));
      expect(draft.remarks).toContain(`api: ${condition} has no counterpart`);
      expect(written).toContain(`# - api: ${condition} has no counterpart`);
    },
  );

  it('keeps how it asks', async () => {
    const { targets, written } = made(
      endpoint(
        'method: POST',
        'body: "{}"',
        `headers: { Content-Type: application/json, Authorization: "Bearer opensesame", X-Key: "\${API_KEY}" }`,
        'interval: 30s',
        'client: { insecure: true, ignore-redirect: true, timeout: 4s }',
        'conditions: ["[STATUS] == 200"]',
      ),
    );
    expect(targets[0]).toEqual({
      name: 'api',
      type: 'http',
      url: 'https://api.example.com/health',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `\${API_AUTHORIZATION}`, 'X-Key': `\${API_KEY}` },
      body: '{}',
      tls: { insecure_skip_verify: true },
      redirects: 'none',
      interval: '30s',
      timeout: '4s',
      expect: { status: 200 },
    });
    expect(written).not.toContain('opensesame');
    await goodConfig(written, { API_AUTHORIZATION: 'x', API_KEY: 'y' });
  });

  it('repeats no password of a URL', () => {
    const { written } = made(
      'endpoints: [{ name: a b, url: "https://me:opensesame@example.com/?x=1", conditions: [] }]',
    );
    expect(written).not.toContain('opensesame');
    expect(written).toContain(`url: \${A_B_URL}`);
  });

  it('keeps what is paused paused, and names apart', async () => {
    const { written } = made(`endpoints:
  - { name: api, group: eu, url: "https://eu.example.com", enabled: false, conditions: ["[STATUS] == 200"] }
  - { name: api, group: us, url: "https://us.example.com", conditions: ["[STATUS] == 200"] }
`);
    const { targets } = await goodConfig(written);
    expect(targets.map(({ target }) => [target.name, target.enabled, target.intervalMs])).toEqual([
      ['api', false, 60_000],
      ['us-api', true, 60_000],
    ]);
  });

  it('says which of its other parts have no counterpart', () => {
    const { draft, written } = made(`
alerting: { slack: { webhook-url: "https://hooks.example.com/opensesame" }, pagerduty: { integration-key: opensesame } }
security: { basic: { username: me } }
external-endpoints: [{ name: nightly, token: opensesame }]
endpoints:
  - { name: api, url: "https://api.example.com", conditions: ["[STATUS] == 200"], alerts: [{ type: slack, failure-threshold: 5 }] }
`);
    expect(draft.remarks).toEqual([
      'api: its alerts (slack) are no receivers: everything under notify is told of every alert, unless routes say otherwise',
      'alerting.slack: give it under notify, as a receiver',
      'alerting.pagerduty: give it under notify, as a receiver',
      'security has no counterpart',
      'external-endpoints has no counterpart',
    ]);
    expect(written).not.toContain('opensesame');
  });
});
