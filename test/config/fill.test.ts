import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FillSources, fillText } from '../../src/config/fill.ts';
import { goodConfig, problemsOf } from '../support/config-folder.ts';

const sources: FillSources = {
  env: { USER: 'app', PASSWORD: 'p#a: {ss}', EMPTY: '', HALF: `\${USER}` },
  secretFile: (path) =>
    path === '/run/secrets/x' ? { ok: true, text: 'from a file\n' } : { ok: false, why: 'does not exist' },
};

const filled = (text: string): string => {
  const result = fillText(text, sources);
  return result.ok ? result.text : `! ${result.message}`;
};

describe('a text is filled', () => {
  it.each([
    ['nothing to fill', 'nothing to fill'],
    [`\${USER}`, 'app'],
    [`postgres://\${USER}:\${PASSWORD}@db`, 'postgres://app:p#a: {ss}@db'],
    [`\${UNSET:-default}`, 'default'],
    [`\${EMPTY:-default}`, 'default'],
    [`\${USER:-default}`, 'app'],
    [`\${EMPTY}`, ''],
    [`\${UNSET:-}`, ''],
    [`\${UNSET:-\${USER}}`, 'app'],
    [`\${UNSET:-a}b}`, 'ab}'],
    [`\${UNSET:-http://x:-1}`, 'http://x:-1'],
    [`\${file:/run/secrets/x}`, 'from a file'],
    [`$\${USER}`, `\${USER}`],
    [`$$\${USER}`, `$\${USER}`],
    ['costs $5, $USER and $$', 'costs $5, $USER and $$'],
    [`\${HALF}`, `\${USER}`],
  ])('%j becomes %j', (text, expected) => expect(filled(text)).toBe(expected));

  it.each([
    [`\${UNSET}`, '! the variable UNSET is not set'],
    [`a \${USER`, `! a "\${" is not closed; expected`],
    [`\${}`, `! expected \${NAME}`],
    [`\${1X}`, `! expected \${NAME}`],
    [`\${USER:?must be set}`, `! expected \${NAME}`],
    [`\${file:/nowhere}`, '! the file /nowhere does not exist'],
    [`\${constructor}`, '! the variable constructor is not set'],
  ])('%j cannot be', (text, message) => expect(filled(text)).toContain(message));

  it('once: what is filled in is not looked at again', () => {
    const anything = fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-', 'x') });
    fc.assert(
      fc.property(anything, (value) => {
        const result = fillText(`<\${A}>`, { ...sources, env: { A: value } });
        expect(result).toMatchObject({ ok: true, text: `<${value}>` });
      }),
    );
  });

  it(`or left as it is, where every \${ is escaped`, () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ' ') }), (text) => {
        // A $ before an escaped one would escape it once more.
        const plain = text.replaceAll(/\$+/g, '$');
        expect(filled(plain.replaceAll(`\${`, () => `$\${`))).toBe(plain);
      }),
    );
  });

  it('or refused in words, whatever it is', () => {
    const unit = fc.constantFrom('$', '{', '}', ':-', 'USER', 'UNSET', 'file:', '/', ' ');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const result = fillText(text, sources);
        if (!result.ok) expect(result.message.length).toBeGreaterThan(10);
      }),
    );
  });
});

describe('what is filled in is a secret', () => {
  const names = (secret: boolean, ...all: string[]) => all.map((name) => [name, secret] as const);
  it.each([
    ...names(
      true,
      'PASSWORD',
      'DB_PASSWORD',
      'PGPASSWORD',
      'ci_token',
      'TOKEN_OF_CI',
      'API_KEY',
      'AWS_SECRET_ACCESS_KEY',
    ),
    ...names(true, 'SENTRY_DSN', 'ALICE_HASH', 'KEY2'),
    ...names(false, 'KEYCLOAK_HOST', 'REDIS_KEY_PREFIX', 'AUTH_URL', 'COMPASS', 'AI_SECRETARY_HOST', 'HASHING', 'USER'),
  ])('%s: %s', (name, secret) => {
    const result = fillText(`$\{${name}}`, { ...sources, env: { [name]: 'a value' } });
    expect(result).toMatchObject({ pieces: [{ text: 'a value', secret }] });
  });

  it('where it comes from a file', () =>
    expect(fillText(`\${file:/run/secrets/x}`, sources)).toMatchObject({ pieces: [{ secret: true }] }));

  it('but no word that stands everywhere', () =>
    expect(fillText(`\${USE_TOKEN}`, { ...sources, env: { USE_TOKEN: 'true' } })).toMatchObject({
      pieces: [{ secret: false }],
    }));
});

const shop = (rest: string) => `service: shop\ntargets: []\n${rest}`;

describe('in a config', () => {
  it('never changes the text: a value may hold what YAML would take for more', async () => {
    const config = await goodConfig(shop(`labels: { team: "\${X}", other: b }`), { X: 'a, evil: "1" } # {' });
    expect(config.labels).toEqual({ team: 'a, evil: "1" } # {', other: 'b' });
  });

  it('takes the type of its place', async () => {
    const config = await goodConfig(
      `service: "\${N}"\nlimits: { in_flight: "\${N}" }\ntargets:\n` +
        `  - { name: a, type: http, url: http://x, redirects: "\${N}", critical: "\${B}", interval: "\${N}s", labels: { n: "\${N}" } }`,
      { N: '12', B: 'true' },
    );
    expect(config).toMatchObject({ service: '12', limits: { inFlight: 12 } });
    expect(config.targets[0]).toMatchObject({
      target: { critical: true, intervalMs: 12_000, labels: { n: '12' } },
      settings: { redirects: 12 },
    });
  });

  it('leaves keys alone', async () => {
    expect(await problemsOf(shop(`labels: { "\${X}": a }`), { X: 'team' })).toEqual([
      `3:11: labels["\${X}"]: expected a label name: letters, digits and _, not beginning with a digit`,
    ]);
  });

  it('fills what x-… keys hold where it is used, and nowhere else', async () => {
    const config = await goodConfig(`x-unused: "\${UNSET}"\nx-name: &name "\${X}"\nservice: *name\ntargets: []`, {
      X: 'shop',
    });
    expect(config.service).toBe('shop');
  });

  it('tells every variable that is not set', async () => {
    expect(
      await problemsOf(`service: "\${ONE}"\ntargets: []\nlabels: { a: "\${TWO}", b: "\${HOMES}" }`, { HOME: '/' }),
    ).toEqual([
      '1:10: service: the variable ONE is not set',
      '3:14: labels.a: the variable TWO is not set',
      '3:27: labels.b: the variable HOMES is not set; did you mean "HOME"?',
    ]);
  });
});
