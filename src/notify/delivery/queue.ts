import type { Notice } from '../../core/alert.ts';
import type { Clock } from '../../core/clock.ts';
import type { Delivery, DeliveryManner, Peer } from '../contract.ts';
import { attempt, backoffMs } from './attempt.ts';
import type { Desk, Heritage, Item, Learnt, Plan, Terms } from './desk.ts';
import { messageOf } from './message.ts';
import { openOnce } from './once.ts';

/** What waits longer than this is told to nobody any more. */
const RETENTION_MS = 7 * 24 * 3_600_000;
/** A message does not wait longer for a slow disk: a death right then makes a repeat that is not marked, but has its key. */
const RECORD_MS = 250;

/** What became of an attempt, or of a notice that is not told: it ended before it was due (`blip`), or waited too long. */
export type Attempt = 'delivered' | 'failed' | 'refused' | 'dropped' | 'blip';

/** What can be said of an attempt: how long each notice waited, or why it failed. */
export interface AttemptDetail {
  readonly delaysMs?: readonly number[];
  readonly reason?: string;
  readonly message?: string;
}

/** Named moments of a delivery, in their order; a test may stop the process there. */
export type Point = 'after_commit_before_send' | 'after_answer_before_commit';

export interface QueueHooks {
  onAttempt(peer: string, attempt: Attempt, notices: number, detail: AttemptDetail): void;
  onLength(peer: string, waiting: number): void;
  /** The peer is not told any more. */
  onClosed(peer: string): void;
  /** 0 up to 1, for the jitter. */
  random(): number;
  onPoint?(point: Point): void;
}

/** A message that is about to be sent, by its key. */
export interface UnderWay {
  readonly key: string;
  readonly entries: readonly number[];
}

/** Where a queue writes down what it does, so that it survives the process. */
export interface Recorder {
  /** Resolved once it is written, or cannot be. */
  sending(message: UnderWay): Promise<void>;
  /** The message was taken; the peer knows this now. */
  taken(entries: readonly number[], learnt: Learnt): void;
  /** These are not told here any more. */
  settled(entries: readonly number[]): void;
  /** The peer knows nothing of these alerts any more. */
  forgotten(fingerprints: readonly string[]): void;
}

export interface QueueOptions {
  readonly peer: Peer;
  /** The receiver's name in the config. */
  readonly receiver: string;
  readonly manner: DeliveryManner;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly hooks: QueueHooks;
  readonly record: Recorder;
  /** Takes what the peer refused for good; answers whether somebody else is told of it. */
  readonly onRefused: (notices: readonly Notice[], why: string) => boolean;
}

/** What a queue leaves to the one that follows it. */
export interface Legacy extends Heritage {
  /** What was under way: it may have been taken. */
  readonly underWay: UnderWay | undefined;
}

/** The notices that wait for one peer, told in order until it has taken them. */
export interface PeerQueue {
  readonly peer: string;
  /** Puts a notice; it is told once `release` was called, at once where `isKept` is given. */
  put(notice: Notice, terms: Terms): Item | undefined;
  knows(fingerprint: string): boolean;
  known(): readonly Notice[];
  /** What was put until now survives a crash. */
  release(items: readonly Item[]): void;
  /** Tells this at once, past what waits; once only, not while such an attempt is under way, and as no notice in any count. */
  tell(notice: Notice): void;
  /** Tells what waits within `graceMs`, then stops. */
  stop(graceMs: number): Promise<void>;
  /** Stops at once, for another queue to the same peer. */
  handOver(): { readonly legacy: Legacy; readonly closed: Promise<void> };
  /** Takes what the peer knows; what waits is put after it. */
  inherit(legacy: Pick<Legacy, 'known' | 'talks'>): void;
  /** Tells a message again that was under way, now that what it tells was put. */
  resume(underWay: UnderWay): void;
}

const entriesOf = (items: readonly Item[]): readonly number[] => items.flatMap(({ entries }) => entries);

/** A queue for a peer with its own loop: a deadline for each attempt, back-off with full jitter, and re-sending. */
export function openQueue(options: QueueOptions): PeerQueue {
  const { peer, receiver, manner, desk, clock, hooks, record, onRefused } = options;
  /** The message that is told unchanged until it is taken. */
  let held: Plan | undefined;
  let doubtful: UnderWay | undefined;
  let failures = 0;
  let timer: Disposable | undefined;
  let resend: Disposable | undefined;
  let isSending = false;
  let isClosed = false;
  let onIdle: (() => void) | undefined;

  const pump = (afterMs: number) => {
    timer?.[Symbol.dispose]();
    timer = clock.after(Math.max(0, afterMs), () => {
      timer = undefined;
      void deliver();
    });
  };

  const passed = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

  /** Looks when there is something to tell; after a failure the back-off decides. */
  const wakeUp = () => {
    hooks.onLength(peer.name, desk.length);
    if (isSending || isClosed || failures > 0) return;
    const nowMs = clock.monoMs();
    const ripeMs = held === undefined ? desk.ripeAtMs(nowMs) : nowMs;
    if (ripeMs === undefined || ripeMs > nowMs) onIdle?.();
    timer?.[Symbol.dispose]();
    timer = undefined;
    if (ripeMs !== undefined) pump(ripeMs - nowMs);
  };

  const deliver = async () => {
    const plan = held ?? desk.next(clock.monoMs());
    if (isSending || plan === undefined) return wakeUp();
    isSending = true;
    const changed = plan.items.map(({ notice }) => notice);
    const planned = messageOf(changed, { receiver, ...plan, isRepeat: false });
    const message = { ...planned, isRepeat: planned.key === doubtful?.key };
    const entries = entriesOf(plan.items);
    const isRecorded = entries.length > 0 || plan.items.length === 0;
    if (isRecorded) await Promise.race([record.sending({ key: message.key, entries }), passed(RECORD_MS)]);
    if (isClosed) return;
    doubtful = { key: message.key, entries };
    hooks.onPoint?.('after_commit_before_send');
    const delivery = await attempt(peer, message, clock);
    hooks.onPoint?.('after_answer_before_commit');
    isSending = false;
    if (isClosed) return;
    const isInDoubt = !delivery.ok && (delivery.maybeTaken === true || message.isRepeat);
    if (!isInDoubt) doubtful = undefined;
    settle(plan, delivery);
  };

  const settle = (plan: Plan, delivery: Delivery) => {
    const { items } = plan;
    const isLate = items.some(({ sinceMs }) => clock.monoMs() - sinceMs > RETENTION_MS);
    const fate = delivery.ok ? 'taken' : isLate ? 'late' : fateOf(plan, delivery);
    tellOf(items.length, items, delivery, fate === 'again' ? 'failed' : 'refused');
    held = fate === 'again' && manner.grouped === true ? plan : undefined;
    if (delivery.ok) {
      const { monoMs, wallMs } = clock.now();
      record.taken(entriesOf(items), desk.taken(plan, delivery.thread, { monoMs, wallMs }));
    } else if (fate === 'again') {
      if (held === undefined) desk.back(plan);
    } else {
      desk.refused(plan);
      record.settled(entriesOf(items));
      if (fate === 'late') hooks.onAttempt(peer.name, 'dropped', items.length, { message: 'it waited for 7 days' });
    }
    failures = fate === 'again' ? failures + 1 : 0;
    hooks.onLength(peer.name, desk.length);
    if (fate === 'again' && !delivery.ok) pump(pauseMs(delivery));
    else wakeUp();
  };

  /** Where the receiver itself is set up wrongly and nobody else can be told, it is tried again: people may mend it. */
  const fateOf = ({ items }: Plan, delivery: Delivery & { ok: false }): 'again' | 'refused' => {
    if (delivery.retry) return 'again';
    const intents = items.filter(({ entries }) => entries.length > 0).map(({ notice }) => notice);
    const isTold = intents.length > 0 && onRefused(intents, delivery.message);
    return isTold || !isSetUpWrongly(delivery) ? 'refused' : 'again';
  };

  const pauseMs = ({ retryAfterMs }: Delivery & { ok: false }): number =>
    backoffMs(failures, retryAfterMs, hooks.random(), manner.longestBackoffMs);

  const tellOf = (count: number, items: readonly Item[], delivery: Delivery, failure: 'failed' | 'refused') => {
    const nowMs = clock.monoMs();
    if (delivery.ok) {
      const delaysMs = items.map(({ sinceMs, dueMs }) => nowMs - Math.max(sinceMs, dueMs));
      hooks.onAttempt(peer.name, 'delivered', count, { delaysMs });
    } else {
      const { reason, message } = delivery;
      hooks.onAttempt(peer.name, failure, count, { reason, message });
    }
  };

  const once = openOnce(peer, receiver, clock, (delivery) => tellOf(0, [], delivery, 'failed'));

  const tellAgain = () => {
    if (manner.resendMs === undefined) return;
    resend = clock.after(manner.resendMs, () => {
      desk.again(clock.monoMs(), clock.now().wallMs);
      wakeUp();
      tellAgain();
    });
  };

  const close = () => {
    isClosed = true;
    once.close();
    timer?.[Symbol.dispose]();
    resend?.[Symbol.dispose]();
    hooks.onClosed(peer.name);
  };

  /** Lets go of what will not be told. */
  const letGo = (blips: readonly Item[], dropped: readonly Item[], forgotten: readonly string[]) => {
    if (blips.length > 0) hooks.onAttempt(peer.name, 'blip', blips.length, {});
    if (dropped.length > 0) hooks.onAttempt(peer.name, 'dropped', dropped.length, { message: 'the queue is full' });
    const entries = entriesOf([...blips, ...dropped]);
    if (entries.length > 0) record.settled(entries);
    if (forgotten.length > 0) record.forgotten(forgotten);
  };

  tellAgain();
  return {
    peer: peer.name,
    knows: desk.knows,
    known: desk.known,
    put(notice, terms) {
      if (manner.external !== true && notice.alert.origin !== 'own') return undefined;
      const { item, blips, dropped, forgotten } = desk.put(notice, terms);
      letGo(blips, dropped, forgotten);
      return item;
    },
    release(items) {
      for (const item of items) item.isKept = true;
      wakeUp();
    },
    inherit: (legacy) => desk.inherit(legacy, clock.now()),
    resume(underWay) {
      doubtful = underWay;
      held = desk.planOf(new Set(underWay.entries));
      wakeUp();
    },
    tell: once.tell,
    async stop(graceMs) {
      resend?.[Symbol.dispose]();
      const hasToTell = isSending || (desk.ripeAtMs(clock.monoMs()) ?? Number.POSITIVE_INFINITY) <= clock.monoMs();
      if (hasToTell && failures === 0)
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
      close();
      const underWay = isSending || held !== undefined ? doubtful : undefined;
      return { legacy: { ...desk.clear(), underWay }, closed: Promise.resolve(peer[Symbol.asyncDispose]()) };
    },
  };
}

/** It would refuse everything else too. */
const isSetUpWrongly = ({ reason }: Delivery & { ok: false }): boolean => reason === 'auth' || reason === 'missing';
