import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret, SecretUrl, scrubber } from '../../src/core/secret.ts';
import { openLog } from '../../src/log.ts';

const CANARY = 'cAnArY-7391';

/** What the log writes of these fields, in every format. */
function logged(fields: Readonly<Record<string, unknown>>): string {
  let text = '';
  const write = (line: string) => {
    text += line;
  };
  for (const shape of ['json', 'logfmt', 'pretty'] as const)
    openLog({ level: 'debug', format: shape, write }).error(fields, 'something went wrong');
  return text;
}

const PRINTERS: Readonly<Record<string, (value: Secret | SecretUrl) => string>> = {
  'a template': (value) => `${value}`,
  String: (value) => String(value),
  'joining an array': (value) => [value, value].join(),
  'JSON.stringify': (value) => JSON.stringify(value),
  'JSON.stringify, deep within': (value) => JSON.stringify({ a: [{ b: value }] }),
  'util.inspect': (value) => inspect(value),
  'util.inspect with everything hidden shown': (value) =>
    inspect({ a: [{ b: value }] }, { showHidden: true, depth: null, getters: true, customInspect: false }),
  'console’s formats': (value) => format('%s %o %O %j %d', value, value, value, value, value),
  'an error with it in its message and as its cause': (value) => inspect(new Error(`no: ${value}`, { cause: value })),
  'its own properties': (value) => JSON.stringify([Reflect.ownKeys(value), Object.entries(value), { ...value }]),
  'a structured clone': (value) => inspect(structuredClone({ value })),
  'the log': (value) => logged({ value, deep: { a: [value] }, err: new Error(`no: ${value}`, { cause: value }) }),
};

describe.each([
  ['a secret', new Secret(CANARY)],
  ['the password of a URL', new SecretUrl(`postgres://app:${CANARY}@db.example/shop`)],
  ['the user of a URL', new SecretUrl(`https://${CANARY}@api.example/`)],
  ['a password with characters that a URL should not have', new SecretUrl(`redis://:@${CANARY}@cache.example/0`)],
  ['the query of a URL', new SecretUrl(`https://api.example/health?token=${CANARY}&x=1`)],
  ['the fragment of a URL', new SecretUrl(`https://api.example/health#${CANARY}`)],
] as const)('%s', (_, value) => {
  it.each(Object.keys(PRINTERS))('is not printed by %s', (name) => {
    expect(PRINTERS[name]?.(value)).not.toContain(CANARY);
  });

  it('is there for the driver', () => {
    expect(value.reveal()).toContain(CANARY);
  });
});

it('a URL is still known by what is no secret of it', () => {
  expect(`${new SecretUrl('postgres://app:hunter22@db.example:5432/shop?sslmode=require')}`).toBe(
    'postgres://db.example:5432/shop',
  );
});

/** Forms in which a secret comes back: what servers, drivers and our own code make of it. */
const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  'in quotes': (secret) => `password "${secret}" was refused`,
  'as the user of a URL': (secret) => `https://${secret}@host/`,
  'as the password of a URL': (secret) => `postgres://app:${encodeURIComponent(secret)}@host/db`,
  'as a value of a query': (secret) => `GET /health?token=${encodeURIComponent(secret)}&x=1`,
  'in a header': (secret) => `Authorization: Bearer ${secret}\r\nAccept: */*`,
  'in basic authentication': (secret) => `Basic ${Buffer.from(`app:${secret}`).toString('base64')}`,
  'in JSON': (secret) => JSON.stringify({ password: secret }),
  'in a line of several': (secret) => `first\n${secret}\nlast`,
  'several times without anything between': (secret) => secret.repeat(3),
  'beside another secret': (secret) => `${secret}other-secret`,
  'cut off': (secret) => `body "${secret.slice(0, -1)}…"`,
};

describe('the scrubber finds a secret', () => {
  const secret = fc
    .string({ minLength: 8, maxLength: 40, unit: 'grapheme' })
    // One of a repeated character may stand in any text; `…` is the mark of our own cuts.
    .filter((text) => new Set(text).size > 4 && text.trim() === text && !text.includes('…'));

  it.each(Object.entries(FORMS))('%s', (_, form) => {
    fc.assert(
      fc.property(secret, (text) => {
        const shown = scrubber([text, 'other-secret'])(form(text));
        expect(shown).toContain('<secret>');
        expect(shown).not.toContain(text);
        expect(shown).not.toContain(encodeURIComponent(text));
        expect(shown).not.toContain(JSON.stringify(text).slice(1, -1));
        expect(shown).not.toContain(text.slice(0, -1));
      }),
    );
  });
});
