const last = new Map<string, number>();
const QUIET_MS = 10_000;

/** Says a failure on stderr, at most one line per part in ten seconds. Messages of drivers name no password. */
export function report(part: string, error: unknown): void {
  const now = performance.now();
  if (now - (last.get(part) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
  last.set(part, now);
  process.stderr.write(`${new Date().toISOString()} ${part}: ${describe(error)}\n`);
}

/** What went wrong in one line; a refused connection to several addresses has its message inside. */
export function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return describe(error.errors[0]);
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  return String(error);
}
