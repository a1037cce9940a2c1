import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from './screen.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { type Event, eventsBetween, NOTHING, summary } from './story.ts';

const POLL_MS = 200;
const TONES = { bad: 'red', good: 'green', plain: 'dim' } as const;

/** Follows Outrider and Alertmanager and tells what changes. */
export interface Watch {
  /** Resolves with the first snapshot that satisfies the question, or undefined when the time is over or the watch ends. */
  until(satisfied: (snapshot: Snapshot) => boolean, withinMs: number): Promise<Snapshot | undefined>;
  /** Resolves when the watch has ended. */
  readonly ended: Promise<void>;
}

/** Watches until the signal; says each event on the screen. */
export function watch(
  screen: Screen,
  outrider: string,
  alertmanager: string | undefined,
  keys: string,
  signal: AbortSignal,
): Watch {
  let latest = NOTHING;
  let answers = true;
  const waiting = new Set<(snapshot: Snapshot) => void>();
  const follow = async () => {
    while (!signal.aborted) {
      const snapshot = await takeSnapshot(outrider, alertmanager);
      if (signal.aborted) break;
      if (answers !== (snapshot !== undefined)) {
        answers = snapshot !== undefined;
        const text = answers ? 'answers again' : 'or Alertmanager does not answer';
        screen.line(eventLine(screen, { who: 'Outrider', text, tone: answers ? 'good' : 'bad' }));
      }
      if (snapshot !== undefined) {
        for (const event of eventsBetween(latest, snapshot)) screen.line(eventLine(screen, event));
        latest = snapshot;
        for (const look of [...waiting]) look(snapshot);
      }
      screen.status(`  ${summary(latest)}   ${keys}`);
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    screen.status(undefined);
  };
  return {
    ended: follow(),
    until(satisfied, withinMs) {
      return new Promise((resolve) => {
        const settle = (snapshot: Snapshot | undefined) => {
          waiting.delete(look);
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
        waiting.add(look);
      });
    },
  };
}

function eventLine(screen: Screen, { who, text, tone }: Event): string {
  return `${screen.time().padStart(8)}  ${screen.style('bold', who.padEnd(12))}  ${screen.style(TONES[tone], text)}`;
}
