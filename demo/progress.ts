import type { Screen } from './screen.ts';

/** Says how far the start is: one line for each part when it is there, and on a terminal who is still awaited. */
export interface Progress extends Disposable {
  /** Gives what the work gives, or undefined after saying why it cannot be had. */
  part<Value>(name: string, work: () => Promise<Value>, address: (value: Value) => string): Promise<Value | undefined>;
}

const REDRAW_MS = 100;

/** Begins to show; dispose it when everything has started. */
export function showProgress(screen: Screen, signal: AbortSignal): Progress {
  const awaited = new Map<string, number>();
  const redraw = setInterval(() => {
    const parts = [...awaited].map(([name, since]) => `${name} ${seconds(since)}`);
    screen.status(parts.length === 0 ? undefined : `  … ${parts.join(', ')}`);
  }, REDRAW_MS);
  return {
    async part(name, work, address) {
      const since = performance.now();
      awaited.set(name, since);
      try {
        const value = await work();
        awaited.delete(name);
        screen.line(
          `  ${screen.style('green', '✓')} ${name.padEnd(14)} ${seconds(since).padStart(6)}   ${address(value)}`,
        );
        return value;
      } catch (error) {
        awaited.delete(name);
        if (signal.aborted) return undefined;
        const why = error instanceof Error ? error.message : String(error);
        screen.line(
          `  ${screen.style('yellow', '✗')} ${name.padEnd(14)} ${seconds(since).padStart(6)}   left out: ${why}`,
        );
        return undefined;
      }
    },
    [Symbol.dispose]() {
      clearInterval(redraw);
      screen.status(undefined);
    },
  };
}

const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`;
