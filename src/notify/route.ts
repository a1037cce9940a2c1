import type { Alert } from '../core/alert.ts';
import type { Matching } from '../core/matching.ts';
import { FOR_INCIDENTS, inUse, type Severity } from '../core/severity.ts';
import { isWithin, nextOpeningMs, type TimeInterval } from '../core/time-interval.ts';

/** What of a severity decides who is told, and when. */
export interface SeverityRule {
  readonly name: Severity;
  /** How long people are not told yet. */
  readonly holdMs: number;
  /** Names of receivers; undefined: every one. */
  readonly to: readonly string[] | undefined;
  readonly incident: boolean;
}

/** One route. */
export interface Route {
  readonly matching: Matching;
  /** Names of receivers; none: nobody is told. */
  readonly to: readonly string[];
  /** When it is open; undefined: always. */
  readonly intervals: readonly TimeInterval[] | undefined;
  /** What becomes of an alert while it is not: it waits, it is told to nobody, or the route is passed by. */
  readonly outside: 'hold' | 'drop' | 'next';
  /** Whether the routes after it are asked too. */
  readonly continue: boolean;
}

/** What decides who is told of an alert. */
export interface RouteRules {
  /** Those in use, gravest first. */
  readonly severities: readonly SeverityRule[];
  readonly routes: readonly Route[];
  readonly receivers: readonly { readonly name: string; readonly type: string }[];
  /** The target's own `hold`, ms. */
  holdOfTarget(name: string): number | undefined;
}

/** A receiver that is told of an alert. */
export interface Told {
  readonly receiver: string;
  /** Not before this moment (Unix epoch ms), when its route opens; undefined: as soon as may be. */
  readonly notBeforeMs: number | undefined;
}

/** Who is told, and when. */
export interface Routing {
  /** The receivers of an alert, each once, at the earliest time that a route gives; in the order of the routes. */
  of(alert: Alert, wallMs: number): readonly Told[];
  /** How long people are not told yet of an alert, ms: the receiver's own hold, else its target's, else its severity's. */
  holdMsOf(alert: Alert, receiverHoldMs: number | undefined): number;
}

/** Makes the rules ready to be asked. They are not asked whether their names exist: the config has been checked. */
export function openRoutes(rules: RouteRules): Routing {
  const used = rules.severities.map(({ name }) => name);
  const byName = new Map(rules.severities.map((each) => [each.name, each]));
  const ruleOf = ({ severity }: Alert): SeverityRule | undefined => byName.get(inUse(used, severity));
  const doors = rules.routes.map(doorOf);

  const withoutRoute = (alert: Alert): readonly Told[] => {
    const { to, incident = true } = ruleOf(alert) ?? {};
    return rules.receivers
      .filter(({ name, type }) => (to?.includes(name) ?? true) && (incident || !FOR_INCIDENTS.has(type)))
      .map(({ name }) => ({ receiver: name, notBeforeMs: undefined }));
  };

  return {
    of(alert, wallMs) {
      const told: Told[] = [];
      let isMatched = false;
      for (const { route, at } of doors) {
        const does = route.matching.fits(alert.labels) ? at(wallMs) : 'next';
        if (does === 'next') continue;
        isMatched = true;
        if (does !== 'drop') told.push(...route.to.map((receiver) => ({ receiver, notBeforeMs: does.notBeforeMs })));
        if (!route.continue) break;
      }
      return isMatched ? earliestOf(told) : withoutRoute(alert);
    },
    holdMsOf: (alert, receiverHoldMs) =>
      receiverHoldMs ?? rules.holdOfTarget(alert.target) ?? ruleOf(alert)?.holdMs ?? 0,
  };
}

/** What a route does with an alert that matches: its receivers are told, now or later; nobody is; the next route is asked. */
type Does = Pick<Told, 'notBeforeMs'> | 'drop' | 'next';

interface Door {
  readonly route: Route;
  at(wallMs: number): Does;
}

const NOW: Does = { notBeforeMs: undefined };

/** Remembers when a closed route opens: in a storm it is asked for every alert. */
function doorOf(route: Route): Door {
  const { intervals, outside } = route;
  let closed: { readonly fromMs: number; readonly notBeforeMs: number } | undefined;
  const wait = (fromMs: number): Does => {
    // What never opens would keep the alert from everybody.
    const notBeforeMs = nextOpeningMs(intervals ?? [], fromMs);
    closed = notBeforeMs === undefined ? undefined : { fromMs, notBeforeMs };
    return closed ?? 'next';
  };
  return {
    route,
    at(wallMs) {
      if (closed !== undefined && wallMs >= closed.fromMs && wallMs < closed.notBeforeMs) return closed;
      if (intervals === undefined || intervals.some((each) => isWithin(each, wallMs))) return NOW;
      return outside === 'hold' ? wait(wallMs) : outside;
    },
  };
}

/** Each receiver once, in the order in which they were named, at its earliest time. */
function earliestOf(told: readonly Told[]): readonly Told[] {
  const earliest = new Map<string, Told>();
  for (const each of told) {
    const before = earliest.get(each.receiver);
    const isEarlier = before === undefined || (each.notBeforeMs ?? 0) < (before.notBeforeMs ?? 0);
    if (isEarlier) earliest.set(each.receiver, each);
  }
  return [...earliest.values()];
}
