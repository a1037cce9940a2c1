const MOST_FAILURES = 10;
const WINDOW_MS = 60_000;
/** A flood from many addresses may not fill the memory: the oldest are forgotten first. */
const MOST_ADDRESSES = 10_000;

/** Counts failed authentications by client address: after 10 within a minute of the first, the address waits for that minute's end. */
export interface Attempts {
  /** Milliseconds that the address must still wait, 0 when it may try. */
  waitMs(address: string, monoMs: number): number;
  failed(address: string, monoMs: number): void;
}

export function createAttempts(): Attempts {
  const windows = new Map<string, { readonly endsMs: number; failures: number }>();
  return {
    waitMs(address, monoMs) {
      const window = windows.get(bucketOf(address));
      if (window === undefined || window.failures < MOST_FAILURES) return 0;
      return Math.max(0, window.endsMs - monoMs);
    },
    failed(address, monoMs) {
      const bucket = bucketOf(address);
      const window = windows.get(bucket);
      if (window !== undefined && window.endsMs > monoMs) {
        window.failures += 1;
        return;
      }
      windows.delete(bucket);
      windows.set(bucket, { endsMs: monoMs + WINDOW_MS, failures: 1 });
      const oldest = windows.keys().next().value;
      if (windows.size > MOST_ADDRESSES && oldest !== undefined) windows.delete(oldest);
    },
  };
}

/** One client is one IPv4 address or one IPv6 /64, which a single machine may own whole. */
function bucketOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0');
  return [...groups, ...after].slice(0, 4).join(':');
}
