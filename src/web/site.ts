import type { Context } from 'hono';
import type { Alert } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { alertWithoutDetails, explanationWithoutDetails, withoutDetails } from './represent.ts';
import type { Explanation, TargetView, View } from './view.ts';

/** The socket's side of a request; absent where a test calls without a port. */
export interface Connection {
  readonly incoming?: {
    readonly url?: string | undefined;
    readonly socket: { readonly remoteAddress?: string | undefined };
  };
  readonly outgoing?: { destroy(): unknown };
}

export type WebContext = Context<{ Bindings: Connection }>;

/** What the handlers of the routes work with. */
export interface Site {
  readonly view: View;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether messages and evidence may be read: always on loopback, elsewhere only with tokens configured. */
  showsDetails(): boolean;
}

/** The targets as this site may show them. */
export const shownTargets = ({ view, showsDetails }: Site): readonly TargetView[] =>
  showsDetails() ? view.targets() : view.targets().map(withoutDetails);

export function shownTarget({ view, showsDetails }: Site, name: string): TargetView | undefined {
  const target = view.target(name);
  return target === undefined || showsDetails() ? target : withoutDetails(target);
}

/** The active alerts as this site may show them, newest first. */
export function shownAlerts({ view, showsDetails }: Site): readonly Alert[] {
  const alerts = showsDetails() ? view.alerts() : view.alerts().map(alertWithoutDetails);
  return alerts.toSorted((a, b) => b.startsAtMs - a.startsAtMs || compareText(a.fingerprint, b.fingerprint));
}

/** Why an active alert is in its state, as this site may show it. */
export function shownExplanation({ view, showsDetails }: Site, fingerprint: string): Explanation | undefined {
  const explanation = view.explain(fingerprint);
  return explanation === undefined || showsDetails() ? explanation : explanationWithoutDetails(explanation);
}

/** By code units: the same order on every machine, whatever its locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
