/** Prometheus labels: names `[a-zA-Z_][a-zA-Z0-9_]*`, values any text. */
export type Labels = Readonly<Record<string, string>>;

export const NO_LABELS: Labels = Object.freeze({});

/** Halves of 64 bits: numbers are several times as fast as bigints, and a storm makes thousands of fingerprints at once. */
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
/** The prime is 2^40 + this. */
const PRIME_LOW = 0x1b3;
const SEPARATOR = 0xff;
const TWO_TO_32 = 2 ** 32;

/**
 * Alertmanager's fingerprint of a label set: FNV-1a 64 over the sorted names and values, each followed by 0xFF, as 16 hex digits.
 * Source: https://github.com/prometheus/common/blob/main/model/signature.go
 */
export function fingerprint(labels: Labels): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  const add = (byte: number) => {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * PRIME_LOW; // below 2^41
    low = product >>> 0;
    high = (Math.imul(high, PRIME_LOW) + (product - low) / TWO_TO_32 + (mixed << 8)) >>> 0;
  };
  const addText = (text: string) => {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < 0x80) add(code);
      else {
        for (const byte of Buffer.from(text.slice(at))) add(byte);
        break;
      }
    }
    add(SEPARATOR);
  };
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name] ?? '';
    if (value === '') continue; // to Alertmanager an empty label is none
    addText(name);
    addText(value);
  }
  return hex(high) + hex(low);
}

const hex = (half: number): string => half.toString(16).padStart(8, '0');

/** A text that two label sets share exactly when they are the same; empty for none. */
export function labelsKey(labels: Labels): string {
  const names = Object.keys(labels);
  return names.length === 0 ? '' : JSON.stringify(names.sort().map((name) => [name, labels[name]]));
}
