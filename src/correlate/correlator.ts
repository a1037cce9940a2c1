import type { Alert } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { OWN_NAME, ownTarget } from '../core/own-target.ts';
import { rankOf, type Severity } from '../core/severity.ts';
import type { Target } from '../core/target.ts';
import { windowsOf } from '../core/when/needs.ts';
import { openBook } from './book.ts';
import { explain, isDue, isKnown, possibleCauses, rootsOf, type Scene } from './causes.ts';
import type { Correlated, CorrelationRules, Correlator, CorrelatorOptions, Finding } from './contract.ts';
import { whyDeparted } from './departed.ts';
import { openDocket } from './docket.ts';
import { openExternals } from './external.ts';
import { buildGraph } from './graph.ts';
import { openLookouts } from './lookouts.ts';
import { openOrphans } from './orphans.ts';
import { openPlaces } from './places.ts';
import { glimpse, NAMES_SHOWN, present, type Surroundings, stateOf } from './present.ts';
import { because } from './reasons.ts';
import { openTeller } from './teller.ts';
import {
  alertLabels,
  type Found,
  gravest,
  isDown,
  isFiring,
  isMuted,
  isTold,
  keyOf,
  type Tracked,
  track,
  voiceOf,
} from './tracked.ts';

/** After a restart Outrider's own trouble shows within this, or is over. */
const OWN_MS = 120_000;

/** No config says what Outrider's own alerts are. */
const departure = (target: Target, alertname: string): string | undefined =>
  target.name === OWN_NAME ? undefined : whyDeparted(target, alertname);

const isGraver = (severity: Severity, { voice }: Tracked): boolean => rankOf(severity) < rankOf(voice.severity);

/** Decides which alert is told and which is a symptom of another. Synchronous; time is an argument. */
export function openCorrelator({ standing, mutes, changes }: CorrelatorOptions): Correlator {
  let rules: CorrelationRules = { service: '', externalUrl: undefined, holdMs: 0, grace: 0, windowMs: 0 };
  const book = openBook();
  let scene: Scene = { graph: buildGraph([]), standing, alertsOf: book.of };
  const lookouts = openLookouts();
  const places = openPlaces(NAMES_SHOWN);
  const externals = openExternals();
  const orphans = openOrphans();
  let beganMs: number | undefined;
  const docket = openDocket();
  let probeNow: { target: string; afterMs: number }[] = [];
  let muteVersion = -1;

  const around: Surroundings = {
    causes: (tracked) => possibleCauses(scene, tracked),
    changes: ({ target: { name }, found }) =>
      changes.before(found.since.wallMs, new Set([name, ...scene.graph.all(name)])),
    together: places.targets,
  };
  const shown = (tracked: Tracked): Alert => present(tracked, around);
  const mute = (tracked: Tracked, { wallMs }: Instant) => {
    const { name, group } = tracked.target;
    tracked.muted = mutes.of({ labels: tracked.voice.labels, target: name, group }, wallMs);
  };
  const teller = openTeller({ shown, mute, onTold: places.told });

  const finish = (): Correlated => {
    const asked = probeNow;
    probeNow = [];
    return { ...teller.take(), probeNow: asked };
  };
  const look = (target: string, { monoMs }: Instant) => {
    probeNow.push(...lookouts.ask(scene.graph.all(target), monoMs));
  };

  /** Results from the root's time are still in a symptom's window when the root is gone. */
  const graceMs = ({ target, found }: Tracked): number =>
    rules.grace * target.intervalMs + Math.max(0, ...windowsOf([found.spec.when]).values());

  /** What fired before a restart and was not told is looked at first, and what explained it may be gone since. */
  const free = (tracked: Tracked, { monoMs }: Instant) => {
    const { intervalMs, timeoutMs } = tracked.target;
    const waitMs = Math.max(graceMs(tracked), intervalMs + timeoutMs);
    if (isFiring(tracked) && !isTold(tracked)) tracked.freeAtMs = monoMs + waitMs;
  };

  const relate = (tracked: Tracked, now: Instant) => {
    const from = stateOf(tracked);
    docket.touch(tracked);
    const roots = rootsOf(scene, tracked);
    const wasExplained = tracked.roots.length > 0;
    for (const root of explain(tracked, roots)) {
      teller.outdate(root);
      if (!isTold(root) || isGraver(tracked.found.severity, root)) docket.add(root);
    }
    if (roots.some(isKnown)) tracked.freeAtMs = undefined;
    else if (roots.length === 0 && wasExplained && !isTold(tracked)) tracked.freeAtMs ??= now.monoMs + graceMs(tracked);
    teller.changed(tracked, from, stateOf(tracked));
  };

  /** First who explains whom, then who is told: so a root is told with all of its symptoms, in whatever order they come. */
  const settle = (concerned: Iterable<Tracked>, now: Instant) => {
    for (const tracked of concerned) if (isFiring(tracked)) relate(tracked, now);
    decide(docket.touched(), now);
  };
  const settleAround = (target: string, now: Instant) => {
    if (book.size === 0) return;
    settle(
      [target, ...scene.graph.dependents(target)].flatMap((name) => [...book.of(name)]),
      now,
    );
  };

  const decide = (concerned: readonly Tracked[], now: Instant) => {
    for (const tracked of concerned) {
      if (isTold(tracked) && !isGraver(gravest(tracked), tracked)) docket.remove(tracked);
      else if (!isMuted(tracked) && isReady(tracked, now)) speak(tracked, now);
    }
  };
  const isReady = (tracked: Tracked, { monoMs, wallMs }: Instant): boolean =>
    isTold(tracked)
      ? tracked.roots.length === 0
      : changes.graceUntilMs(tracked.target.name, wallMs) === undefined && isDue(scene, tracked, rules.holdMs, monoMs);
  const speak = (tracked: Tracked, now: Instant) => {
    teller.tell(tracked, now);
    if (isMuted(tracked)) return; // at the severity that it has now
    for (const symptom of tracked.symptoms) symptom.freeAtMs = undefined;
    docket.remove(tracked);
  };

  const end = (tracked: Tracked, now: Instant, why?: string) => {
    const from = stateOf(tracked);
    for (const root of explain(tracked, [])) teller.outdate(root);
    for (const symptom of tracked.symptoms) if (!isTold(symptom)) symptom.freeAtMs ??= now.monoMs + graceMs(symptom);
    tracked.symptoms.clear();
    docket.remove(tracked);
    places.leave(tracked);
    book.remove(tracked);
    teller.end(tracked, now, why);
    teller.changed(tracked, from);
  };

  const add = (tracked: Tracked, now: Instant) => {
    book.add(tracked);
    mute(tracked, now);
    teller.changed(tracked, undefined, 'pending');
  };

  const fire = (tracked: Tracked, now: Instant) => {
    tracked.firingAtMs = now.monoMs;
    docket.add(tracked);
    if (isTold(tracked)) teller.outdate(tracked); // before a restart, with the symptoms of then
    for (const other of places.join(tracked, rules.windowMs)) teller.drift(other);
    if (!isDown(tracked)) look(tracked.target.name, now);
    teller.changed(tracked, 'pending', stateOf(tracked));
  };

  const begun = (target: Target, found: Found, now: Instant): Tracked => {
    const { externalUrl, service } = rules;
    const page = target.name === OWN_NAME ? '' : `targets/${encodeURIComponent(target.name)}`;
    const generatorUrl = externalUrl === undefined ? undefined : `${externalUrl}/${page}`;
    const voice = voiceOf(alertLabels(service, target, found, found.severity), found.severity);
    const tracked = track(target, { ...found, phase: 'pending' }, voice, { generatorUrl });
    add(tracked, now);
    teller.adopt(tracked, orphans.adopt(target.name, found.spec.name, found.labels), now);
    relabel(tracked, tracked.voice.severity, now); // a label may have changed with the restart
    return tracked;
  };

  const update = (tracked: Tracked, target: Target, found: Found, now: Instant) => {
    const { phase, severity, spec } = tracked.found;
    tracked.target = target;
    tracked.found = found;
    if (found.phase === 'firing' && phase === 'pending') fire(tracked, now);
    if (found.severity === severity) return;
    for (const one of [tracked, ...tracked.roots]) if (isFiring(one)) docket.add(one);
    if (found.spec.severity !== spec.severity)
      relabel(tracked, gravest(tracked), now); // by a reload
    else if (!isTold(tracked)) teller.revoice(tracked, now);
  };

  const meet = ({ target, active }: Finding, now: Instant) => {
    const gone = book.found(target.name);
    for (const found of active) {
      const tracked = gone.get(keyOf(found)) ?? begun(target, found, now);
      gone.delete(tracked.key);
      update(tracked, target, found, now);
    }
    for (const tracked of gone.values()) end(tracked, now, departure(target, tracked.found.spec.name));
  };

  /** What was told before a restart is over where its target is seen up, and its window has been seen whole. */
  const endOrphans = (target: Target, { monoMs, ...now }: Instant) => {
    const { name, alerts } = target;
    if (name !== OWN_NAME && standing(name)?.verdict !== 'up') return;
    const sinceMs = monoMs - (beganMs ?? monoMs);
    for (const alert of orphans.of(name)) {
      const spec = alerts.find((one) => one.name === alert.labels['alertname']);
      const windowMs = spec === undefined ? 0 : Math.max(0, ...windowsOf([spec.when]).values());
      if (sinceMs < (name === OWN_NAME ? OWN_MS : windowMs)) continue;
      orphans.release(alert);
      teller.endKnown(alert, { monoMs, ...now }, departure(target, alert.labels['alertname'] ?? ''));
    }
  };

  /** Silences and maintenance begin and end. */
  const remute = (now: Instant) => {
    const version = mutes.version(now.wallMs);
    if (version === muteVersion) return;
    muteVersion = version;
    const all = book.all();
    for (const tracked of all) {
      const from = stateOf(tracked);
      mute(tracked, now);
      teller.changed(tracked, from, stateOf(tracked));
    }
    settle(all, now);
  };

  /** A reload may change labels: whoever was told of the old ones is told of the new ones, at once. */
  const relabel = (tracked: Tracked, severity: Severity, now: Instant) => {
    const voice = voiceOf(alertLabels(rules.service, tracked.target, tracked.found, severity), severity);
    if (voice.fingerprint !== tracked.voice.fingerprint) teller.rename(tracked, voice, now);
  };

  return {
    onFinding(finding, now) {
      const { name } = finding.target;
      if (finding.active.length > 0 || book.size > 0) meet(finding, now);
      endOrphans(finding.target, now);
      if (finding.began === true) look(name, now);
      settleAround(name, now);
      return finish();
    },
    onTick(now) {
      remute(now);
      teller.endLate(now);
      for (const tracked of externals.expired(now.wallMs)) end(tracked, now);
      decide(docket.all(), now); // time alone changes nothing in who explains whom
      places.forget(now.monoMs);
      endOrphans(ownTarget({}), now);
      teller.refresh();
      return finish();
    },
    receive(alerts, now) {
      for (const tracked of externals.take(alerts, now)) {
        add(tracked, now);
        fire(tracked, now);
        settleAround(tracked.target.name, now);
      }
      for (const tracked of externals.expired(now.wallMs)) end(tracked, now);
      return finish();
    },
    retarget(targets, findings, next, now) {
      rules = next;
      const isFirst = beganMs === undefined;
      beganMs ??= now.monoMs;
      scene = { ...scene, graph: buildGraph(targets) };
      externals.retarget(targets);
      const byName = new Map(targets.map((target) => [target.name, target]));
      const names = new Set(targets.filter(({ enabled }) => enabled).map(({ name }) => name));
      lookouts.retain(names);
      for (const finding of findings) meet(finding, now);
      if (isFirst) for (const tracked of book.all()) free(tracked, now);
      for (const tracked of book.all()) {
        if (tracked.origin === 'external') continue;
        if (names.has(tracked.target.name) || tracked.target.type === 'outrider')
          relabel(tracked, tracked.voice.severity, now);
        else end(tracked, now, whyDeparted(byName.get(tracked.target.name), tracked.found.spec.name));
      }
      for (const alert of orphans.all()) {
        if (alert.target === OWN_NAME || names.has(alert.target)) continue;
        orphans.release(alert);
        teller.endKnown(alert, now, whyDeparted(byName.get(alert.target), alert.labels['alertname'] ?? ''));
      }
      remute(now);
      settle(book.all(), now);
      teller.refresh();
      return finish();
    },
    isFull: () => externals.isFull,
    restore: (alerts) => orphans.restore(alerts),
    told: () => [...book.all().filter(isTold).map(shown), ...orphans.all()],
    alerts: () => book.all().map(shown),
    glimpses: () => book.inTurn(glimpse),
    alertsOf: (target) => [...book.of(target)].map(shown),
    explain(fingerprint, now) {
      const tracked = book.all().find(({ voice }) => voice.fingerprint === fingerprint);
      if (tracked === undefined) return undefined;
      const graceUntilMs = changes.graceUntilMs(tracked.target.name, now.wallMs);
      const circumstances = { scene, mutes, now, holdMs: rules.holdMs, graceUntilMs };
      return { alert: shown(tracked), found: tracked.found, because: because(tracked, circumstances) };
    },
  };
}
