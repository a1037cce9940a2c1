import type { Notice } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { Delivery, DeliveryManner, Peer } from './contract.ts';
import { openLine, type Waiting } from './line.ts';
import { messageOf } from './message.ts';
import { inGroup, isSame, openTold } from './told.ts';

/** One attempt ends by then, whatever the receiver does. */
const ATTEMPT_MS = 10_000;
const FIRST_BACKOFF_MS = 500;

export type Attempt = 'delivered' | 'failed' | 'refused' | 'dropped';

/** What can be said of an attempt: how long each notice waited, or why it failed. */
export interface AttemptDetail {
  readonly delaysMs?: readonly number[];
  readonly reason?: string;
  readonly message?: string;
}

export interface QueueHooks {
  onAttempt(peer: string, attempt: Attempt, notices: number, detail: AttemptDetail): void;
  onLength(peer: string, waiting: number): void;
  /** The peer is not told any more. */
  onClosed(peer: string): void;
  /** 0 up to 1, for the jitter. */
  random(): number;
}

/** What a queue leaves: what its peer knows to fire, and what it has to tell. */
export interface Heritage {
  readonly told: readonly Notice[];
  readonly notices: readonly Notice[];
}

/** The notices that wait for one peer, told in order, in batches, until it has taken them. */
export interface PeerQueue {
  readonly peer: string;
  post(notices: readonly Notice[]): void;
  /** Tells this at once, past what waits; once only, not while such an attempt is under way, and as no notice in any count. */
  tell(notice: Notice): void;
  /** Tells what waits within `graceMs`, then stops. */
  stop(graceMs: number): Promise<void>;
  /** Stops at once, for another queue to the same peer: `notices` is what it has to tell. */
  handOver(): { readonly heritage: Heritage; readonly closed: Promise<void> };
  /** Takes what a former queue to the same peer left. */
  inherit(heritage: Heritage): void;
}

/** A queue for a peer with its own loop: bounded, with a deadline for each attempt, back-off with full jitter, and re-sending. */
export function openQueue(peer: Peer, manner: DeliveryManner, clock: Clock, hooks: QueueHooks): PeerQueue {
  const line = openLine();
  const book = new Map<string, Notice>();
  const told = openTold();
  let held: readonly Waiting[] | undefined;
  let failures = 0;
  let timer: Disposable | undefined;
  let resend: Disposable | undefined;
  let sending = false;
  let telling = false;
  let closed = false;
  let onIdle: (() => void) | undefined;

  const put = (notice: Notice) => {
    const dropped = line.put(notice, clock.monoMs());
    if (dropped > 0) hooks.onAttempt(peer.name, 'dropped', dropped, { message: 'the queue is full' });
  };

  /** To a peer that is told of beginnings and ends alone, what it knows or will hear is no news. */
  const enter = (notice: Notice) => {
    const { fingerprint } = notice.alert;
    const before = manner.grouped === true ? (line.of(fingerprint) ?? told.of(fingerprint)) : undefined;
    if (before === undefined) put(notice);
    else if (!isSame(before, notice)) put(inGroup(notice, before.alert.group));
    else line.renew(notice);
    if (manner.resendMs !== undefined) book.set(fingerprint, notice);
  };

  const pump = (afterMs: number) => {
    timer?.[Symbol.dispose]();
    timer = clock.after(afterMs, () => {
      timer = undefined;
      void deliver();
    });
  };

  const wakeUp = () => {
    hooks.onLength(peer.name, line.length);
    if (!sending && timer === undefined && line.length > 0) pump(0);
  };

  const deliver = async () => {
    if (sending || line.length === 0) return;
    sending = true;
    const message = held ?? line.take(manner.batch, manner.grouped);
    const notices = message.map(({ notice }) => notice);
    const delivery = await attempt(peer, message, clock, told.beside(notices));
    sending = false;
    if (closed) return;
    const again = !delivery.ok && delivery.retry;
    held = again && manner.grouped === true ? message : undefined;
    if (!again) line.done(message);
    else if (manner.grouped !== true) line.back(message);
    if (delivery.ok && manner.grouped === true) told.taken(notices);
    tellOf(peer.name, message, delivery, clock.monoMs(), hooks);
    hooks.onLength(peer.name, line.length);
    failures = again ? failures + 1 : 0;
    if (line.length === 0) onIdle?.();
    else if (again) pump(backoffMs(failures, delivery.retryAfterMs, hooks.random(), manner.longestBackoffMs));
    else pump(0);
  };

  const tellOnce = async (notice: Notice) => {
    telling = true;
    const item = { notice, sinceMs: clock.monoMs(), inFlight: true };
    const delivery = await attempt(peer, [item], clock);
    telling = false;
    if (!closed) tellOf(peer.name, [], delivery, clock.monoMs(), hooks);
  };

  const tellAgain = () => {
    if (manner.resendMs === undefined) return;
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

  const close = () => {
    closed = true;
    timer?.[Symbol.dispose]();
    resend?.[Symbol.dispose]();
    hooks.onClosed(peer.name);
    return line.clear();
  };

  const post = (notices: readonly Notice[]) => {
    for (const notice of notices) if (manner.external === true || notice.alert.origin === 'own') enter(notice);
    wakeUp();
  };

  tellAgain();
  return {
    peer: peer.name,
    post,
    inherit(heritage) {
      told.taken(heritage.told);
      post(heritage.notices);
    },
    tell(notice) {
      if (!telling && !closed) void tellOnce(notice);
    },
    async stop(graceMs) {
      resend?.[Symbol.dispose]();
      if (line.length > 0 && failures === 0)
        await new Promise<void>((resolve) => {
          const late = clock.after(graceMs, resolve);
          onIdle = () => {
            late[Symbol.dispose]();
            resolve();
          };
        });
      close();
      await peer[Symbol.asyncDispose]();
    },
    handOver() {
      const waiting = close();
      const waits = new Set(waiting.map(({ alert }) => alert.fingerprint));
      const again = [...book.values()].filter(({ alert }) => !waits.has(alert.fingerprint));
      const heritage = { told: told.all(), notices: [...again, ...waiting] };
      return { heritage, closed: Promise.resolve(peer[Symbol.asyncDispose]()) };
    },
  };
}

function tellOf(
  peer: string,
  message: readonly Waiting[],
  delivery: Delivery,
  nowMs: number,
  { onAttempt }: QueueHooks,
): void {
  const count = message.length;
  if (delivery.ok) onAttempt(peer, 'delivered', count, { delaysMs: message.map(({ sinceMs }) => nowMs - sinceMs) });
  else {
    const { reason, message: why } = delivery;
    onAttempt(peer, delivery.retry ? 'failed' : 'refused', count, { reason, message: why });
  }
}

/** Full jitter, doubled each time, never sooner than the receiver asked for. Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
export function backoffMs(
  failures: number,
  retryAfterMs: number | undefined,
  random: number,
  longestMs: number,
): number {
  const ceiling = Math.min(longestMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(1, random * ceiling, retryAfterMs ?? 0);
}

async function attempt(
  peer: Peer,
  message: readonly Waiting[],
  clock: Clock,
  standing: readonly Notice['alert'][] = [],
): Promise<Delivery> {
  const abort = new AbortController();
  let deadline: Disposable | undefined;
  const late = new Promise<Delivery>((resolve) => {
    deadline = clock.after(ATTEMPT_MS, () => {
      abort.abort();
      resolve({ ok: false, retry: true, reason: 'timeout', message: `no answer within ${ATTEMPT_MS / 1000}s` });
    });
  });
  try {
    const notices = message.map(({ notice }) => notice);
    const group = notices[0]?.alert.group ?? '';
    const about = { receiver: peer.name, group, groupLabels: {}, isRepeat: false, thread: undefined, toldMs: 0 };
    const whole = messageOf(notices, { ...about, standing, isKnown: false });
    const sent = peer.send(whole, { nowMs: clock.now().wallMs, signal: abort.signal });
    return await Promise.race([sent, late]);
  } catch (error) {
    return { ok: false, retry: true, reason: 'network', message: errorText(error) };
  } finally {
    deadline?.[Symbol.dispose]();
  }
}
