import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { configFolder, goodConfig } from '../support/config-folder.ts';

/** One secret for each way in which a config can hold one; none may be in anything that loading says. */
const CANARY = {
  variable: 'canary-in-a-variable',
  file: 'canary-in-a-file',
  default: 'canary-in-a-default',
  password: 'canary-as-password',
  userinfo: 'canary%2Din-userinfo',
  query: 'canary-in-a-query',
  bearer: 'canary-as-bearer',
  header: 'canary-in-a-header',
  sasl: 'canary-as-sasl-password',
  token: 'canary-as-a-token',
  hash: '$argon2id$canary-as-a-hash',
  store: 'canary-in-the-store',
  receiver: 'canary-of-a-receiver',
  heartbeat: 'https://beats/canary-of-a-heartbeat',
};

const CONFIG = `
service: shop
store: postgres://outrider:${CANARY.store}@db/outrider
auth:
  tokens:
    - { name: ci, token: ${CANARY.token}, scopes: [write] }
    - { name: cd, token: "\${CANARY_TOKEN}", scopes: [read] }
    - { name: ops, token: "\${file:secret}", scopes: [admin] }
    - { name: old, token: "\${UNSET_TOKEN:-${CANARY.default}}", scopes: [admin] }
  users: [{ name: alice, password_hash: ${CANARY.hash} }]
targets:
  - name: api
    type: http
    url: https://shop:${CANARY.userinfo}@api/?api_key=${CANARY.query}
    headers: { X-Api-Key: ${CANARY.header} }
    auth: { bearer: ${CANARY.bearer} }
    depends_on: [database]
  - { name: database, type: postgres, host: db, username: app, password: ${CANARY.password} }
  - name: jobs
    type: kafka
    brokers: [kafka]
    sasl: { mechanism: plain, username: app, password: ${CANARY.sasl} }
notify:
  alertmanager: { urls: ["http://am:${CANARY.receiver}@am"] }
watchdog: { heartbeat_url: "${CANARY.heartbeat}" }
`;

const env = { CANARY_TOKEN: CANARY.variable };

async function load(text: string) {
  using folder = configFolder();
  folder.write('secret', `${CANARY.file}\n`);
  return loadConfig({ files: [folder.write('outrider.yml', text)], env });
}

async function said(text: string): Promise<string> {
  const loaded = await load(text);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  return problems.map(formatProblem).join('\n');
}

describe('a secret', () => {
  it('is known to the scrubber, whichever way it came', async () => {
    const loaded = await load(CONFIG);
    expect(loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n')).toBe('');
    const { secrets } = loaded.ok ? loaded.config : { secrets: [] };
    expect(secrets).toEqual(expect.arrayContaining(Object.values(CANARY)));
    expect(secrets).toContain('canary-in-userinfo');
  });

  it('does not come out of the config by JSON', async () => {
    const loaded = await load(CONFIG.replace(/^store:.*$/m, ''));
    const { targets, receivers, auth } = loaded.ok ? loaded.config : { targets: [], receivers: [], auth: {} };
    expect(targets.length).toBe(3);
    expect(JSON.stringify({ targets, receivers, auth })).not.toMatch(/canary/);
  });

  it('is known by its lines, where a file has several', async () => {
    const config = await goodConfig(
      `service: shop\ntargets: [{ name: a, type: postgres, host: x, password: "\${KEY}" }]`,
      {
        KEY: '-----BEGIN KEY-----\nMIIBVgIBADANBgkq\nx\n',
      },
    );
    expect(config.secrets).toEqual(['-----BEGIN KEY-----', 'MIIBVgIBADANBgkq']);
  });
});

describe('no problem repeats a secret', () => {
  it.each([
    [
      'where a key is misspelt',
      (text: string) => text.replaceAll(/(token|password|bearer|url|urls|headers):/g, '$1x:'),
    ],
    [
      'where its block has another form',
      (text: string) => text.replaceAll(/(auth|sasl|headers|users): /g, '$1: oops '),
    ],
    [
      'where a list is missing',
      (text: string) => text.replaceAll(/urls: \[(.*)\]/g, 'urls: $1').replace('brokers: [kafka]', 'brokers: kafka'),
    ],
    ['where a URL has another scheme', (text: string) => text.replaceAll(/https?:|postgres:/g, 'ftp:')],
    ['where a URL does not parse', (text: string) => text.replaceAll('@', '@[')],
    [
      'where it stands in the place of something else',
      (text: string) =>
        text.replaceAll(/(service|host|name|mechanism|username|store): [\w:/]+/g, `$1: "\${CANARY_TOKEN}"`),
    ],
    ['where its type is wrong', (text: string) => text.replaceAll(/type: \w+/g, `type: "\${file:secret}"`)],
    ['where the substitution is malformed', (text: string) => text.replaceAll('UNSET_TOKEN:-', 'UNSET_TOKEN:?')],
    ['where the syntax is broken before it', (text: string) => text.replaceAll(/(password|token|bearer): /g, '$1: *')],
    ['where a quote is not closed', (text: string) => text.replaceAll(/(password|token|bearer): /g, '$1: "')],
    ['where it begins with a tag', (text: string) => text.replaceAll(/(password|token|bearer): /g, '$1: !')],
    ['where a second colon follows', (text: string) => text.replaceAll(/(password|bearer): /g, '$1: x: ')],
  ])('%s', async (_, spoil) => {
    const text = await said(spoil(CONFIG));
    expect(text).not.toBe('');
    expect(text).not.toMatch(/canary/i);
  });

  it('whatever else is wrong with the file', () => {
    // Within the secrets themselves a cut would make another, unknown one.
    const safe = [...CONFIG.matchAll(/\n *[\w- ]+:/g)].map(({ index }) => index);
    const cut = fc.tuple(
      fc.constantFrom(...safe),
      fc.nat(6),
      fc.constantFrom('', ' ', '{', '[', '"', ': ', '- ', '\n', '&a ', '#'),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 3 }), async (cuts) => {
        const spoilt = cuts.reduce(
          (text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
          CONFIG,
        );
        expect(await said(spoilt)).not.toMatch(/canary/i);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
