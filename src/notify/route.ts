import type { Alert } from '../core/alert.ts';
import type { Matching } from '../core/matching.ts';
import { inUse, type Severity } from '../core/severity.ts';
import type { TimeInterval } from '../core/time-interval.ts';

/** Types of receivers that are for what needs somebody now: they get what opens incidents, and what a route sends them. */
const FOR_INCIDENTS: ReadonlySet<string> = new Set(['sms', 'pagerduty']);

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
  const { receivers, holdOfTarget } = rules;
  const used = rules.severities.map(({ name }) => name);
  const byName = new Map(rules.severities.map((each) => [each.name, each]));
  const severityOf = ({ severity }: Alert): SeverityRule | undefined => byName.get(inUse(used, severity));
  const doors = rules.routes.map(openDoor);

  const withoutRoute = (alert: Alert): readonly Told[] => {
    const { to, incident = true } = severityOf(alert) ?? {};
    return receivers
      .filter(({ name, type }) => (to?.includes(name) ?? true) && (incident || !FOR_INCIDENTS.has(type)))
      .map(({ name }) => ({ receiver: name, notBeforeMs: undefined }));
  };

  return {
    of(alert, wallMs) {
      const told: Told[] = [];
      let matched = false;
      for (const { route, opensAt } of doors) {
        if (!route.matching.fits(alert.labels)) continue;
        const opensAtMs = opensAt(wallMs);
        if (opensAtMs === undefined && route.outside !== 'drop') continue;
        matched = true;
        if (opensAtMs !== undefined) told.push(...route.to.map((receiver) => toldOf(receiver, opensAtMs, wallMs)));
        if (!route.continue) break;
      }
      return matched ? earliestOf(told) : withoutRoute(alert);
    },
    holdMsOf: (alert, receiverHoldMs) => receiverHoldMs ?? holdOfTarget(alert.target) ?? severityOf(alert)?.holdMs ?? 0,
  };
}
