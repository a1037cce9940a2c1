import { type Alert, isOnDown, type Notice } from '../../src/core/alert.ts';
import { OWN_NAME } from '../../src/core/own-target.ts';
import { rankOf } from '../../src/core/severity.ts';
import type { Target } from '../../src/core/target.ts';
import type { Witness, World } from './world.ts';

/** What every outage, whatever its course, must keep to; it throws in the step that breaks a rule. */
export interface Auditor extends Witness {
  watch(world: World): void;
  /** The process ends, and begins anew with the next step: what was active goes on, but what waited for `for` only where it was not away for long. */
  restarts(awayMs: number): void;
  /** Throws unless everything has ended and everybody who was told knows. */
  expectPeace(): void;
}

/** Thousands of outages are checked step by step: a plain comparison costs nothing while it holds. */
function must(holds: boolean, rule: string): void {
  if (!holds) throw new Error(rule);
}

/** What a restart may add to a wait: its hold and its grace begin anew, and until when Outrider looked is known to 5 s. */
const RESTART_MS = 15_000 + 2 * 30_000 + 5000;
/** What waited goes on after an absence of this long, whatever the interval. */
const AWAY_MS = 300_000;

/** An auditor that lets nobody wait longer than `patienceMs` for a page, once an alert could fire. */
export function openAuditor(patienceMs: number): Auditor {
  const told = new Map<string, Alert>();
  let begun: Alert[] = [];
  let ended: Alert[] = [];
  let before: ReadonlyMap<string, Alert> = new Map();
  const failed = new Set<string>();
  let blind = false;
  let ownTold: string | undefined;
  /** Until when somebody must have been told, Unix ms. */
  const alone = new Map<string, number>();
  let survivors: readonly Alert[] = [];
  let targets = new Map<string, Target>();
  let world: World | undefined;

  const alerts = () => (world?.correlator.alerts() ?? []).filter(({ target }) => target !== OWN_NAME);
  const standing = (target: string) => world?.judge.standing(target);

  /** Of Outrider itself there is one alert at most, and only where it could not see. */
  const own = ({ status, alert: { fingerprint } }: Notice) => {
    must(blind, 'Outrider has trouble of its own, but every result was conclusive');
    if (status === 'firing')
      must(ownTold === undefined || ownTold === fingerprint, 'Outrider tells its own trouble twice');
    else must(ownTold === fingerprint, 'the end of Outrider’s own trouble is told, but its beginning was not');
    ownTold = status === 'firing' ? fingerprint : undefined;
  };

  /** One whose labels changed only goes on under new ones; any other beginning comes after its causes'. */
  const begins = ({ alert }: Notice) => {
    const { target, fingerprint } = alert;
    if (ended.some(isSameTrouble(alert))) return;
    must(standing(target)?.verdict === 'down' || isOnMeasure(alert), `${target} is told although it is not down`);
    const milder = [...told.values()].filter(isSameTrouble(alert));
    if (milder.length > 0) {
      const isGraver = milder.every(({ severity }) => rankOf(severity) > rankOf(alert.severity));
      return must(isGraver, `${target} is told twice, and not more gravely`);
    }
    begun.push(alert);
    const causes = standsOn(targets, target);
    const wasPending = before.get(fingerprint)?.state !== 'suppressed';
    for (const {
      fingerprint: other,
      target: cause,
      state,
      labels: { alertname },
    } of alerts()) {
      if (!causes.has(cause)) continue;
      const isDown = standing(cause)?.verdict === 'down' && alertname !== 'Blocked';
      const wasTold = before.get(other)?.state === 'firing' && state !== 'silenced';
      must(!(isDown && wasTold), `${target} is told although its cause ${cause} was`);
      const waits = alertname === 'HttpDown' && forOf(cause) === 0 && state !== 'firing' && state !== 'silenced';
      must(!(wasPending && waits && isDown), `${target} is told before its cause ${cause}`);
    }
  };

  const forOf = (target: string): number | undefined =>
    targets.get(target)?.alerts.find((spec) => spec.name === 'HttpDown')?.forMs;

  /** Of a target and what it stands on, one begins at a time. */
  const checkOrder = () => {
    for (const { target } of begun) {
      const causes = standsOn(targets, target);
      for (const { target: other } of begun.filter((one) => !isOnMeasure(one)))
        must(!causes.has(other), `${target} is told at once with its cause ${other}`);
    }
    begun = [];
    ended = [];
  };

  return {
    watch(next) {
      world = next;
    },
    result({ target, outcome }) {
      if (outcome === 'down') failed.add(target);
      if (outcome === 'inconclusive') blind = true;
    },
    requested(target) {
      must(targets.get(target)?.enabled === true, `${target} is asked for, but not in force`);
    },
    retargeted(next) {
      targets = new Map(next.map((target) => [target.name, target]));
      for (const name of failed) if (targets.get(name)?.enabled !== true) failed.delete(name);
    },
    told(notice) {
      const { alert, status } = notice;
      if (alert.target === OWN_NAME) return own(notice);
      const known = told.get(alert.fingerprint);
      if (status === 'resolved') {
        must(known !== undefined, `the end of ${alert.target} is told, but its beginning was not`);
        told.delete(alert.fingerprint);
        ended.push(alert);
        return;
      }
      if (known === undefined) begins(notice);
      else must(alert.startsAtMs === known.startsAtMs, `${alert.target} begins twice without an end`);
      told.set(alert.fingerprint, alert);
    },
    settled(now, ticked) {
      const active = alerts();
      const firing = active.filter((alert) => alert.state === 'firing');
      for (const { fingerprint, target } of firing) must(told.has(fingerprint), `${target} fires, but was not told`);
      const going = world?.correlator.told() ?? [];
      for (const known of told.values())
        must(going.some(isSameTrouble(known)), `${known.target} has no alert any more, but its end was not told`);
      for (const alert of active) {
        must(failed.has(alert.target) || isOnMeasure(alert), `${alert.target} has an alert, but never failed`);
        checkCauses(alert, active, targets);
        checkSymptoms(alert, active);
        if (alert.state !== 'firing') continue;
        const last = told.get(alert.fingerprint);
        must(last !== undefined, `${alert.target} fires, but nobody was told`);
        const current = last?.annotations['symptoms'] === alert.annotations['symptoms'];
        must(
          current || !ticked || alert.suppressedBy.length > 0,
          `the symptoms of ${alert.target} are not those that were told`,
        );
      }
      checkGravity(active, targets);
      checkCover(now.wallMs, active);
      for (const alert of survivors) {
        const same = active.find((one) => isSameTrouble(alert)(one));
        must(same?.startsAtMs === alert.startsAtMs, `a restart has forgotten since when ${alert.target} fails`);
        must(
          alert.state !== 'firing' || same?.state === 'firing' || same?.state === 'silenced',
          `after a restart ${alert.target} fires no more`,
        );
      }
      survivors = [];
      checkOrder();
      before = new Map(active.map((alert) => [alert.fingerprint, alert]));
      for (const name of failed) {
        // one that flaps keeps its alert between its failures
        const isOver = standing(name)?.failing === undefined && !active.some(({ target }) => target === name);
        if (isOver) failed.delete(name);
      }
    },
    restarts(awayMs) {
      survivors = [...before.values()].filter(({ state }) => state !== 'pending' || awayMs <= AWAY_MS);
      if (awayMs > AWAY_MS) alone.clear();
      for (const [id, untilMs] of alone) alone.set(id, untilMs + awayMs + RESTART_MS);
    },
    expectPeace() {
      must(alerts().length === 0, 'all is well, but an alert is active');
      must(told.size === 0, 'all is well, but an end was not told');
      must(ownTold === undefined, 'the end of Outrider’s own trouble was not told');
    },
  };

  function isCovering(fingerprint: string): boolean {
    const root = alerts().find((one) => one.fingerprint === fingerprint);
    return told.has(fingerprint) || world?.isPlanned(root?.target ?? '') === true;
  }

  /** Whoever is down is told, or is suppressed by what is told, or has not waited long. */
  function checkCover(nowMs: number, active: readonly Alert[]): void {
    const waits = new Set<string>();
    for (const target of targets.values()) {
      const stand = standing(target.name);
      if (!target.enabled || stand?.verdict !== 'down' || stand.blindMs !== undefined) continue; // what cannot be seen is held
      for (const spec of target.alerts.filter(isOnDown)) {
        const alert = active.find((one) => one.target === target.name && one.labels['alertname'] === spec.name);
        if (alert?.state === 'firing' || alert?.state === 'silenced' || alert?.suppressedBy.some(isCovering) === true)
          continue;
        const id = `${target.name} ${spec.name}`;
        waits.add(id);
        const untilMs = alone.get(id) ?? nowMs + patienceMs + spec.forMs;
        alone.set(id, untilMs);
        const isRising = stand.successes > 0;
        must(isRising || nowMs <= untilMs, `${id} waits for ${nowMs - untilMs} ms longer than anybody should`);
      }
    }
    for (const id of alone.keys()) if (!waits.has(id)) alone.delete(id);
  }
}

const isOnMeasure = ({ labels }: Alert): boolean => labels['alertname'] === 'Blocked';

/** What is told is told no milder than anything that it explains. */
function checkGravity(active: readonly Alert[], targets: ReadonlyMap<string, Target>): void {
  for (const alert of active) {
    if (alert.state !== 'firing' || alert.suppressedBy.length > 0) continue;
    for (const symptom of active.filter((one) => one.suppressedBy.includes(alert.fingerprint))) {
      const spec = targets.get(symptom.target)?.alerts.find(({ name }) => name === symptom.labels['alertname']);
      const isGraver = spec !== undefined && rankOf(spec.severity) < rankOf(alert.severity);
      must(!isGraver, `${alert.target} is told as ${alert.severity}, though ${symptom.target} is ${spec?.severity}`);
    }
  }
}

/** Alerts of one trouble differ in nothing but labels that a reload or its gravity changes. */
const isSameTrouble = (a: Alert) => (b: Alert) =>
  a.target === b.target && a.labels['alertname'] === b.labels['alertname'];

function checkCauses(alert: Alert, active: readonly Alert[], targets: ReadonlyMap<string, Target>): void {
  if (alert.suppressedBy.length === 0) return;
  must(alert.state !== 'pending', `${alert.target} has causes, but is pending`);
  const causes = standsOn(targets, alert.target);
  for (const root of alert.suppressedBy) {
    const found = active.find((one) => one.fingerprint === root);
    must(found !== undefined, `what suppresses ${alert.target} is no longer active`);
    must(found?.suppressedBy.length === 0, `${found?.target}, which suppresses ${alert.target}, is suppressed itself`);
    must(
      causes.has(found?.target ?? '') || found?.target === alert.target,
      `${alert.target} does not stand on ${found?.target}, which suppresses it`,
    );
  }
}

function checkSymptoms(alert: Alert, active: readonly Alert[]): void {
  const symptoms = active
    .filter((one) => one.suppressedBy.includes(alert.fingerprint))
    .map((one) => (one.target === alert.target ? String(one.labels['alertname']) : one.target));
  const listed = [...new Set(symptoms)].sort().join(', ');
  const says = alert.annotations['symptoms'] ?? '';
  must(says === listed, `${alert.target} lists the symptoms "${says}", but they are "${listed}"`);
}

/** Everything that a target stands on through hard dependencies, whether it is probed or not. */
function standsOn(targets: ReadonlyMap<string, Target>, from: string, seen = new Set<string>()): Set<string> {
  for (const { name, soft } of targets.get(from)?.dependsOn ?? []) {
    if (soft || seen.has(name)) continue;
    seen.add(name);
    standsOn(targets, name, seen);
  }
  return seen;
}
