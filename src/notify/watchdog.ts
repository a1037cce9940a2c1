import type { Alert, Notice } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import { OWN_NAME } from '../core/own-target.ts';
import type { Secret } from '../core/secret.ts';
import type { Delivery, Peer } from './contract.ts';
import { type Once, openOnce } from './delivery/once.ts';
import type { Outbox } from './delivery/outbox.ts';
import type { QueueHooks } from './delivery/queue.ts';

/** The alert is told this often: a receiver lets it end four minutes after the last time. */
const RETELL_MS = 60_000;
/** The scheduler stands still when it has started nothing for so many of the shortest intervals, and for at least so long. */
const STILL_INTERVALS = 3;
const STILL_MS = 10_000;

export interface WatchdogSettings {
  readonly service: string;
  readonly externalUrl: string | undefined;
  readonly labels: Labels;
  /** Names of the receivers of the alert. */
  readonly to: readonly string[];
  readonly heartbeatUrl: Secret | undefined;
  readonly everyMs: number;
  /** Of all targets that are probed. */
  readonly intervalsMs: readonly number[];
}

export interface WatchdogOptions {
  readonly clock: Clock;
  readonly outbox: Pick<Outbox, 'tell'>;
  /** Monotonic ms of the scheduler's last start. */
  readonly lastStartMs: () => number | undefined;
  readonly openHeartbeat: (url: Secret) => Promise<Peer>;
  readonly hooks: QueueHooks;
}

/** Tells others that Outrider works, for as long as it does: its silence is the message. */
export interface Watchdog extends AsyncDisposable {
  /** Takes these settings from now on. Calls must not overlap. */
  use(settings: WatchdogSettings): Promise<void>;
  /** Tells what is due; to be called at least every second. */
  look(): void;
}

/** A watchdog that does nothing before its first `use`. */
export function openWatchdog({ clock, outbox, lastStartMs, openHeartbeat, hooks }: WatchdogOptions): Watchdog {
  const beganMs = clock.now().wallMs;
  let watched:
    | { readonly settings: WatchdogSettings; readonly notice: Notice; readonly patienceMs: number }
    | undefined;
  let heart: { readonly url: string; readonly peer: Peer; readonly once: Once } | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;
  let beatMs = Number.NEGATIVE_INFINITY;

  const stopHeart = async () => {
    const before = heart;
    heart = undefined;
    before?.once.close();
    if (before !== undefined) hooks.onClosed(before.peer.name);
    await before?.peer[Symbol.asyncDispose]();
  };
  const replaceHeart = async (url: Secret | undefined) => {
    if (url?.reveal() === heart?.url) return;
    await stopHeart();
    if (url === undefined) return;
    const peer = await openHeartbeat(url);
    const once = openOnce(peer, peer.name, clock, (delivery) => countBeat(hooks, peer.name, delivery));
    heart = { url: url.reveal(), peer, once };
    beatMs = Number.NEGATIVE_INFINITY;
  };

  return {
    async use(settings) {
      const notice: Notice = { status: 'firing', alert: watchdogAlert(settings, beganMs) };
      const isSame =
        watched?.notice.alert.fingerprint === notice.alert.fingerprint &&
        watched.settings.to.join('\n') === settings.to.join('\n');
      // Another alert, or other receivers, are not kept waiting.
      if (!isSame) toldMs = Number.NEGATIVE_INFINITY;
      watched = { settings, notice, patienceMs: patienceMs(settings.intervalsMs) };
      await replaceHeart(settings.heartbeatUrl);
    },
    look() {
      const nowMs = clock.monoMs();
      if (watched === undefined) return;
      const { settings, notice, patienceMs: longestMs } = watched;
      const progressMs = settings.intervalsMs.length === 0 ? nowMs : lastStartMs();
      if (progressMs === undefined || nowMs - progressMs > longestMs) return;
      if (nowMs - toldMs >= RETELL_MS) {
        toldMs = nowMs;
        outbox.tell(settings.to, notice);
      }
      if (heart !== undefined && nowMs - beatMs >= settings.everyMs) {
        beatMs = nowMs;
        heart.once.tell(notice);
      }
    },
    async [Symbol.asyncDispose]() {
      watched = undefined;
      await stopHeart();
    },
  };
}

/** Each beat is one in the counts. */
function countBeat(hooks: QueueHooks, peer: string, delivery: Delivery): void {
  if (delivery.ok) hooks.onAttempt(peer, 'delivered', 1, {});
  else hooks.onAttempt(peer, delivery.retry ? 'failed' : 'refused', 1, delivery);
}

/** How long the scheduler may start nothing before it is said to stand still. */
const patienceMs = (intervalsMs: readonly number[]): number =>
  Math.max(
    STILL_INTERVALS * intervalsMs.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY),
    STILL_MS,
  );

function watchdogAlert({ service, externalUrl, labels: own }: WatchdogSettings, beganMs: number): Alert {
  const labels = { ...own, alertname: 'OutriderWatchdog', service, severity: 'none' };
  const id = fingerprint(labels);
  return {
    origin: 'own',
    fingerprint: id,
    labels,
    annotations: {
      summary: 'Outrider works',
      description:
        'Fires for as long as Outrider probes its targets. When it is missing, Outrider is dead or stands still.',
    },
    // Its label is none of ours: then it is the mildest.
    severity: 'P3',
    target: OWN_NAME,
    state: 'firing',
    startsAtMs: beganMs,
    generatorUrl: externalUrl,
    suppressedBy: [],
    silencedBy: [],
    group: id,
  };
}
