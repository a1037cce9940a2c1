import type { Alert, AlertState, Notice } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { rankOf } from '../core/severity.ts';
import { departed } from './departed.ts';
import { rootCauseOf, stateOf } from './present.ts';
import { gravest, isMuted, isTold, type Tracked, type Voice, voiceOf } from './tracked.ts';

/** A milder voice ends this long after the graver one was heard. */
const OVERLAP_MS = 60_000;

/** So many are told anew at a time: in a storm the names of neighbours change for thousands with every failure. */
const MOST_REFRESHED = 500;

/** An alert's state changed; `undefined` is: not active. */
export interface AlertChange {
  readonly alertname: string;
  readonly target: string;
  /** The names of what explains it, where anything does. */
  readonly rootCause: string | undefined;
  readonly from: AlertState | undefined;
  readonly to: AlertState | undefined;
}

/** What one step has to say. */
export interface Said {
  readonly changes: readonly AlertChange[];
  readonly notices: readonly Notice[];
}

/** Tells alerts, each once: under which voice, who knows of it, and who is still to be told of an end. */
export interface Teller {
  /** Everything said since the last call. */
  take(): Said;
  changed(tracked: Tracked, from: AlertState | undefined, to?: AlertState): void;
  /** Says it at its gravest severity; the voice that was heard before ends a minute later. */
  tell(tracked: Tracked, now: Instant): void;
  /** Gives it this voice; who was told of the former one is told of its end, and of the new one. */
  rename(tracked: Tracked, voice: Voice, now: Instant): void;
  /** Takes the gravest severity without telling. */
  revoice(tracked: Tracked, now: Instant): void;
  /** Makes what was told before a restart its own, the gravest first: it goes on. */
  adopt(tracked: Tracked, alerts: readonly Alert[], now: Instant): void;
  /** Tells the end of what was told before a restart. */
  endKnown(alert: Alert, now: Instant, why?: string): void;
  /** Tells the end of everything that was told of it. */
  end(tracked: Tracked, now: Instant, why?: string): void;
  /** Something that people were told of it is no longer so: they hear of it with the next `refresh`. */
  outdate(tracked: Tracked): void;
  /** What was told of its neighbours is no longer so: as `outdate`, but behind everything else. */
  drift(tracked: Tracked): void;
  refresh(): void;
  /** Ends the voices whose time is over. */
  endLate(now: Instant): void;
}

/** What the teller asks of those around it. */
export interface Audience {
  shown(tracked: Tracked): Alert;
  /** Looks up again what keeps an alert quiet, which depends on its voice. */
  mute(tracked: Tracked, now: Instant): void;
  /** Somebody was told of it as it is now. */
  onTold(tracked: Tracked): void;
}

/** Opens the teller. */
export function openTeller({ shown, mute, onTold }: Audience): Teller {
  const stale = new Set<Tracked>();
  const drifted = new Set<Tracked>();
  const raised = new Set<Tracked>();
  let changes: AlertChange[] = [];
  let notices: Notice[] = [];

  const isCurrent = (tracked: Tracked) => {
    stale.delete(tracked);
    drifted.delete(tracked);
  };

  const changed: Teller['changed'] = (tracked, from, to) => {
    if (from === to) return;
    const { found, target } = tracked;
    changes.push({ alertname: found.spec.name, target: target.name, rootCause: rootCauseOf(tracked), from, to });
  };

  const say = (tracked: Tracked) => {
    const { fingerprint } = tracked.voice;
    tracked.told.set(fingerprint, {
      alert: tracked.told.get(fingerprint)?.alert ?? shown(tracked),
      endsAtMs: undefined,
    });
    const alert = shown(tracked); // it counts as told in its own notice
    tracked.told.set(fingerprint, { alert, endsAtMs: undefined });
    isCurrent(tracked);
    onTold(tracked);
    notices.push({ status: 'firing', alert });
  };

  const hush = (tracked: Tracked, fingerprint: string, { wallMs }: Instant, why?: string) => {
    const told = tracked.told.get(fingerprint);
    tracked.told.delete(fingerprint);
    if (told === undefined) return;
    notices.push({ status: 'resolved', alert: departed(told.alert, why), endsAtMs: wallMs });
  };

  const revoice = (tracked: Tracked, now: Instant) => {
    const severity = gravest(tracked);
    const { voice } = tracked;
    if (severity === voice.severity || (isTold(tracked) && rankOf(severity) > rankOf(voice.severity))) return;
    tracked.voice = voiceOf({ ...voice.labels, severity }, severity);
    mute(tracked, now);
  };

  return {
    changed,
    revoice,
    take() {
      const said = { changes, notices };
      changes = [];
      notices = [];
      return said;
    },
    tell(tracked, now) {
      const from = stateOf(tracked);
      const before = tracked.told.get(tracked.voice.fingerprint);
      revoice(tracked, now);
      if (!isMuted(tracked)) {
        if (before !== undefined) {
          before.endsAtMs = now.monoMs + OVERLAP_MS;
          raised.add(tracked);
        }
        say(tracked);
      }
      changed(tracked, from, stateOf(tracked));
    },
    rename(tracked, voice, now) {
      const told = [...tracked.told.keys()];
      for (const fingerprint of told) hush(tracked, fingerprint, now);
      tracked.voice = voice;
      mute(tracked, now);
      if (told.length > 0) say(tracked);
    },
    adopt(tracked, [gravestTold, ...milder], { monoMs }) {
      if (gravestTold === undefined) return;
      const { labels, fingerprint, severity, startsAtMs } = gravestTold;
      tracked.voice = { labels, fingerprint, severity };
      tracked.startsAtMs = startsAtMs;
      tracked.told.set(fingerprint, { alert: gravestTold, endsAtMs: undefined });
      for (const alert of milder) tracked.told.set(alert.fingerprint, { alert, endsAtMs: monoMs });
      if (milder.length > 0) raised.add(tracked);
    },
    endKnown: (alert, { wallMs }, why) =>
      void notices.push({ status: 'resolved', alert: departed(alert, why), endsAtMs: wallMs }),
    end(tracked, now, why) {
      isCurrent(tracked);
      raised.delete(tracked);
      for (const fingerprint of [...tracked.told.keys()]) hush(tracked, fingerprint, now, why);
    },
    outdate: (tracked) => void stale.add(tracked),
    drift: (tracked) => void drifted.add(tracked),
    refresh() {
      let said = 0;
      for (const tracked of [...stale, ...drifted]) {
        if (!isTold(tracked))
          isCurrent(tracked); // it will be told as it is then
        else if (tracked.roots.length === 0 && !isMuted(tracked)) {
          say(tracked);
          if (++said === MOST_REFRESHED) return;
        }
      }
    },
    endLate(now) {
      for (const tracked of [...raised]) {
        const late = [...tracked.told].filter(([, { endsAtMs = Number.POSITIVE_INFINITY }]) => endsAtMs <= now.monoMs);
        for (const [fingerprint] of late) hush(tracked, fingerprint, now);
        if (tracked.told.size <= 1) raised.delete(tracked);
      }
    },
  };
}
