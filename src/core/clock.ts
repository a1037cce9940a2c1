/** One moment on both clocks: `monoMs` (monotonic, ms since an arbitrary origin) for intervals and deadlines, `wallMs` (Unix epoch, ms) for people. */
export interface Instant {
  readonly monoMs: number;
  readonly wallMs: number;
}

/** Where time comes from. Only the process edge holds the system clock; everybody else is given one. */
export interface Clock {
  now(): Instant;
  monoMs(): number;
  /** Calls `fn` once after `delayMs` (0 or more); disposing the answer before that cancels it. */
  after(delayMs: number, fn: () => void): Disposable;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => ({ monoMs: performance.now(), wallMs: Date.now() }),
  monoMs: () => performance.now(),
  after(delayMs, fn) {
    const timer = setTimeout(fn, Math.max(0, delayMs));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** RFC 3339 in UTC with milliseconds, for JSON and Alertmanager. */
export const toRfc3339 = (wallMs: number): string => new Date(wallMs).toISOString();
