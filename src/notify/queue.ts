import type { Notice } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { Delivery, DeliveryManner, Peer } from './contract.ts';

/** One attempt ends by then, whatever the receiver does. */
const ATTEMPT_MS = 10_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** More than this waits for nobody: the oldest are dropped and counted. */
const MOST_WAITING = 100_000;

export type Attempt = 'delivered' | 'failed' | 'refused' | 'dropped';

export interface QueueHooks {
  onAttempt(
    peer: string,
    attempt: Attempt,
    notices: number,
    detail: { readonly delaysMs?: readonly number[]; readonly message?: string },
  ): void;
  onLength(peer: string, waiting: number): void;
  /** 0 up to 1, for the jitter. */
  random(): number;
}

/** The notices that wait for one peer, told in order, in batches, until it has taken them. */
export interface PeerQueue {
  post(notices: readonly Notice[]): void;
  /** Tells what waits within `graceMs`, then stops. */
  stop(graceMs: number): Promise<void>;
}

interface Waiting {
  notice: Notice;
  readonly sinceMs: number;
}

/** A queue for a peer with its own loop: bounded, with a deadline for each attempt, back-off with full jitter, and re-sending. */
export function openQueue(peer: Peer, manner: DeliveryManner, clock: Clock, hooks: QueueHooks): PeerQueue {
  let waiting: Waiting[] = [];
  const newest = new Map<string, Waiting>();
  const book = new Map<string, Notice>();
  let failures = 0;
  let timer: Disposable | undefined;
  let resend: Disposable | undefined;
  let sending = false;
  let stopped = false;
  let onIdle: (() => void) | undefined;

  const put = (notice: Notice) => {
    const last = newest.get(notice.alert.fingerprint);
    // An update of what has not been told yet replaces it; a beginning and its end stay two.
    if (last !== undefined && last.notice.status === notice.status) {
      last.notice = notice;
      return;
    }
    const item = { notice, sinceMs: clock.monoMs() };
    waiting.push(item);
    newest.set(notice.alert.fingerprint, item);
    if (waiting.length > MOST_WAITING) {
      const oldest = waiting.shift();
      if (oldest !== undefined) forget(oldest);
      hooks.onAttempt(peer.name, 'dropped', 1, { message: 'the queue is full' });
    }
  };

  const forget = (item: Waiting) => {
    const { fingerprint } = item.notice.alert;
    if (newest.get(fingerprint) === item) newest.delete(fingerprint);
  };

  const takeBatch = (): Waiting[] => {
    const seen = new Set<string>();
    let count = 0;
    for (const { notice } of waiting) {
      if (count >= manner.batch || seen.has(notice.alert.fingerprint)) break;
      seen.add(notice.alert.fingerprint);
      count++;
    }
    const batch = waiting.slice(0, count);
    for (const item of batch) forget(item);
    return batch;
  };

  const pump = (afterMs: number) => {
    timer?.[Symbol.dispose]();
    timer = clock.after(afterMs, () => {
      timer = undefined;
      void deliver();
    });
  };

  const deliver = async () => {
    if (sending || waiting.length === 0) return;
    sending = true;
    const batch = takeBatch();
    const delivery = await attempt(
      peer,
      batch.map((item) => item.notice),
      clock,
    );
    sending = false;
    const again = !delivery.ok && delivery.retry;
    if (!again) waiting = waiting.slice(batch.length);
    const detail = delivery.ok
      ? { delaysMs: batch.map((item) => clock.monoMs() - item.sinceMs) }
      : { message: delivery.message };
    hooks.onAttempt(peer.name, delivery.ok ? 'delivered' : again ? 'failed' : 'refused', batch.length, detail);
    hooks.onLength(peer.name, waiting.length);
    failures = again ? failures + 1 : 0;
    if (waiting.length === 0) onIdle?.();
    else if (again) pump(backoffMs(failures, delivery.retryAfterMs, hooks.random()));
    else pump(0);
  };

  const tellAgain = () => {
    if (manner.resendMs === undefined || stopped) return;
    resend = clock.after(manner.resendMs, () => {
      const nowMs = clock.now().wallMs;
      for (const [fingerprint, notice] of book) {
        if (notice.status === 'resolved' && nowMs - notice.endsAtMs > manner.keepResolvedMs) book.delete(fingerprint);
        else put(notice);
      }
      wakeUp();
      tellAgain();
    });
  };

  const wakeUp = () => {
    hooks.onLength(peer.name, waiting.length);
    if (!sending && timer === undefined && waiting.length > 0) pump(0);
  };

  tellAgain();
  return {
    post(notices) {
      for (const notice of notices) {
        put(notice);
        if (manner.resendMs !== undefined) book.set(notice.alert.fingerprint, notice);
      }
      wakeUp();
    },
    async stop(graceMs) {
      stopped = true;
      resend?.[Symbol.dispose]();
      if (waiting.length > 0 && failures === 0) {
        let late: Disposable | undefined;
        await new Promise<void>((resolve) => {
          onIdle = resolve;
          late = clock.after(graceMs, resolve);
        });
        late?.[Symbol.dispose]();
      }
      timer?.[Symbol.dispose]();
      waiting = [];
      await peer[Symbol.asyncDispose]();
    },
  };
}

/** Full jitter, doubled each time; what the receiver asked for wins. Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
export function backoffMs(failures: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(1, random * ceiling);
}

async function attempt(peer: Peer, notices: readonly Notice[], clock: Clock): Promise<Delivery> {
  const abort = new AbortController();
  let deadline: Disposable | undefined;
  const late = new Promise<Delivery>((resolve) => {
    deadline = clock.after(ATTEMPT_MS, () => {
      abort.abort();
      resolve({ ok: false, retry: true, reason: 'timeout', message: `no answer within ${ATTEMPT_MS / 1000}s` });
    });
  });
  try {
    const sent = peer.send(notices, { nowMs: clock.now().wallMs, signal: abort.signal });
    return await Promise.race([sent, late]);
  } catch (error) {
    return { ok: false, retry: true, reason: 'network', message: errorText(error) };
  } finally {
    deadline?.[Symbol.dispose]();
  }
}
