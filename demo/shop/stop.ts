const PATIENCE_MS = 3_000;

/** Waits for SIGTERM or SIGINT, closes, and ends the process with 0; a second signal or three seconds end it at once. */
export async function untilStopped(close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  setTimeout(() => process.exit(0), PATIENCE_MS).unref();
  await close();
  process.exit(0);
}
