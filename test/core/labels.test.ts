import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/core/labels.ts';

const given = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort();

/** The definition, word for word. */
function byBigInt(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).filter((name) => labels[name] !== '');
  const texts = names.sort().flatMap((name) => [Buffer.from(name), Buffer.from(labels[name] ?? '')]);
  const bytes = texts.flatMap((text) => [...text, 0xff]);
  const hash = bytes.reduce(
    (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1_099_511_628_211n),
    14_695_981_039_346_656_037n,
  );
  return hash.toString(16).padStart(16, '0');
}

describe('the fingerprint of labels', () => {
  // The values of Prometheus' own tests: https://github.com/prometheus/common/blob/main/model/signature_test.go
  it.each([
    [{}, 14_695_981_039_346_656_037n],
    [{ name: 'garland, briggs', fear: 'love is not enough' }, 5_799_056_148_416_392_346n],
  ])('is Prometheus’: %j', (labels, value) => {
    expect(fingerprint(labels as Record<string, string>)).toBe(value.toString(16).padStart(16, '0'));
  });

  it('is FNV-1a of 64 bits, as big integers count it, of any text', () => {
    const any = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(any, (given) => void expect(fingerprint(given)).toBe(byBigInt(given))),
      { numRuns: 1000 },
    );
  });

  const labels = fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/), fc.string(), { maxKeys: 6 });

  it('is 16 hex digits', () => {
    fc.assert(fc.property(labels, (given) => void expect(fingerprint(given)).toMatch(/^[0-9a-f]{16}$/)));
  });

  it('does not depend on the order in which they were given', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).reverse());
        expect(fingerprint(reversed)).toBe(fingerprint(given));
      }),
    );
  });

  it('is another one for other labels', () => {
    fc.assert(
      fc.property(labels, labels, (one, other) => {
        const same = JSON.stringify(given(one)) === JSON.stringify(given(other));
        expect(fingerprint(one) === fingerprint(other)).toBe(same);
      }),
    );
  });

  it('takes an empty label for none, as Alertmanager does', () => {
    expect(fingerprint({ alertname: 'Down', region: '' })).toBe(fingerprint({ alertname: 'Down' }));
  });

  it.each([
    [{ ab: 'c' }, { a: 'bc' }],
    [{ a: 'b', c: 'd' }, { a: 'bcd' }],
    [{ a: '', b: '' }, { a: 'b' }],
  ])('tells %j from %j', (one, other) => {
    expect(fingerprint(one as Record<string, string>)).not.toBe(fingerprint(other as Record<string, string>));
  });
});
