import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from './screen.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { type Event, eventsBetween, NOTHING, summary } from './story.ts';

const POLL_MS = 200;
const TONES = { bad: 'red', good: 'green', plain: 'dim' } as const;

/** Follows Outrider and Alertmanager and tells what changes. */
export interface Watch {
  /** Gives every snapshot to the listener until it is disposed. */
  each(listener: (snapshot: Snapshot) => void): Disposable;
  /** Resolves with the first snapshot that satisfies the question, or undefined when the time is over or the watch ends. */
  until(satisfied: (snapshot: Snapshot) => boolean, withinMs: number): Promise<Snapshot | undefined>;
  /** Resolves when the watch has ended. */
  readonly ended: Promise<void>;
}

type Listeners = Set<(snapshot: Snapshot) => void>;

/** Watches until the signal; says each event on the screen, and on a terminal how things are, with the keys. */
export function watch(
  screen: Screen,
  addresses: { readonly outrider: string; readonly alertmanager: string | undefined; readonly keys: string },
  signal: AbortSignal,
): Watch {
  const listeners: Listeners = new Set();
  return {
    ended: follow(screen, addresses, listeners, signal),
    each(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    until: (satisfied, withinMs) =>
      new Promise((resolve) => {
        const settle = (snapshot: Snapshot | undefined) => {
          listeners.delete(look);
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          resolve(snapshot);
        };
        const look = (snapshot: Snapshot) => {
          if (satisfied(snapshot)) settle(snapshot);
        };
        const stop = () => settle(undefined);
        const timer = setTimeout(stop, withinMs);
        signal.addEventListener('abort', stop);
        listeners.add(look);
      }),
  };
}

async function follow(
  screen: Screen,
  { outrider, alertmanager, keys }: Parameters<typeof watch>[1],
  listeners: Listeners,
  signal: AbortSignal,
): Promise<void> {
  const tell = (event: Event) => screen.line(eventLine(screen, event));
  let latest = NOTHING;
  let answers = true;
  while (!signal.aborted) {
    const snapshot = await takeSnapshot(outrider, alertmanager);
    if (signal.aborted) break;
    if (snapshot === undefined && answers)
      tell({ who: 'Outrider', text: 'or Alertmanager does not answer', tone: 'bad' });
    answers = snapshot !== undefined;
    if (snapshot !== undefined) {
      for (const event of eventsBetween(latest, snapshot)) tell(event);
      latest = snapshot;
      for (const listener of [...listeners]) listener(snapshot);
    }
    screen.status(`  ${summary(latest)}   ${keys}`);
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  screen.status(undefined);
}

function eventLine(screen: Screen, { who, text, tone }: Event): string {
  return `${screen.time().padStart(8)}  ${screen.style('bold', who.padEnd(12))}  ${screen.style(TONES[tone], text)}`;
}
