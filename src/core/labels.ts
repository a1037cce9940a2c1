/** Prometheus labels: names `[a-zA-Z_][a-zA-Z0-9_]*`, values any text. */
export type Labels = Readonly<Record<string, string>>;

export const NO_LABELS: Labels = Object.freeze({});

const FNV_OFFSET = 14695981039346656037n;
const FNV_PRIME = 1099511628211n;
const SEPARATOR = 0xffn;

/**
 * Alertmanager's fingerprint of a label set: FNV-1a 64 over the sorted names and values, each followed by 0xFF, as 16 hex digits.
 * Source: https://github.com/prometheus/common/blob/main/model/signature.go
 */
export function fingerprint(labels: Labels): string {
  let hash = FNV_OFFSET;
  const add = (byte: bigint) => {
    hash = BigInt.asUintN(64, (hash ^ byte) * FNV_PRIME);
  };
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name] ?? '';
    if (value === '') continue; // to Alertmanager an empty label is none
    for (const text of [name, value]) {
      for (const byte of Buffer.from(text)) add(BigInt(byte));
      add(SEPARATOR);
    }
  }
  return hash.toString(16).padStart(16, '0');
}

/** A text that two label sets share exactly when they are the same; empty for none. */
export function labelsKey(labels: Labels): string {
  const names = Object.keys(labels);
  return names.length === 0 ? '' : JSON.stringify(names.sort().map((name) => [name, labels[name]]));
}
