import { compileMatchers } from '../core/matching.ts';
import type { Pieces } from '../core/pieces.ts';
import { FOR_INCIDENTS, type Severity } from '../core/severity.ts';
import type { LabelMatcher } from '../core/silence.ts';
import { receiverTypeOf, receiverTypes } from '../notify/registry.ts';
import { type Checking, warn } from './checked.ts';
import type { Config, ConfiguredRoute, ConfiguredSeverity, ConfiguredTarget } from './config.ts';
import type { WrittenReceiver } from './receivers.ts';

type Routing = Pick<Config, 'severities' | 'routes'>;
type Receivers = readonly Pick<WrittenReceiver, 'name' | 'settings'>[];

/** Types that reach people. */
const PEOPLE: ReadonlySet<string> = new Set(
  receiverTypes.map(({ type }) => type).filter((type) => receiverTypeOf(type).manner.people === true),
);

/** Notes an Alertmanager beside receivers that reach people, and receivers that their severity never tells of anything. */
export function warnOfReceivers(
  checking: Checking,
  { severities, sender }: Pick<Config, 'severities' | 'sender'>,
  receivers: Receivers,
): void {
  if (sender === 'prometheus') warnOfSender(checking, receivers);
  const people = receivers.filter(({ settings }) => PEOPLE.has(settings.type));
  for (const { name, settings } of people.length === 0 || sender === 'prometheus' ? [] : receivers)
    if (settings.type === 'alertmanager')
      warn(checking, ['notify', name], {
        key: true,
        message: `${people[0]?.name} reaches people too: alerts sent here carry pager="outrider", by which a route of Alertmanager can keep quiet`,
      });
  const typeOf = new Map<string, string>(receivers.map(({ name, settings }) => [name, settings.type]));
  for (const [index, { name, incident, to = [] }] of severities.entries())
    for (const [at, receiver] of incident ? [] : to.entries()) {
      const type = typeOf.get(receiver) ?? '';
      if (FOR_INCIDENTS.has(type))
        warn(checking, ['severities', index, 'to', at], {
          message: `${type} gets only severities that open incidents, which ${name} does not: name ${receiver} in a route`,
        });
    }
}

/** Notes receivers that are told nothing because Prometheus tells them. */
function warnOfSender(checking: Checking, receivers: Receivers): void {
  for (const { name, settings } of receivers)
    if (settings.type === 'alertmanager')
      warn(checking, ['notify', name], {
        key: true,
        message: 'is told nothing by Outrider: "sender: prometheus" leaves it to Prometheus and its rules',
      });
}

/** Notes routes that are never asked, and alerts that no route matches. */
export function* warningOfRoutes(
  checking: Checking,
  routing: Routing,
  receivers: Receivers,
  watched: Pick<Config, 'service' | 'targets'>,
): Pieces<void> {
  const { routes } = routing;
  const last = routes.findIndex(takesAll);
  const hidden = last < 0 ? [] : routes.slice(last + 1);
  for (const index of hidden.keys())
    warn(checking, ['routes', last + 1 + index], { message: 'is never asked: the route before it takes every alert' });
  if (routes.length === 0 || routes.some(({ matchers }) => matchers.length === 0)) return;
  for (const [severity, { first, count }] of yield* unmatched(routes, watched)) {
    const others = count === 1 ? '' : ` and ${count - 1} more of severity ${severity}`;
    const go = count === 1 ? 'it goes' : 'they go';
    warn(checking, ['routes'], {
      key: true,
      message: `no route matches ${first}${others}: ${go} to ${withoutRoute(routing, severity, receivers)}`,
    });
  }
}

const takesAll = ({ matchers, intervals, outside, continue: further }: ConfiguredRoute): boolean =>
  matchers.length === 0 && !further && (intervals === undefined || outside === 'drop');

interface Unmatched {
  /** One of them, for people: `HttpDown of api (P1)`. */
  readonly first: string;
  readonly count: number;
}

/** The alerts that no route matches, by severity. */
function* unmatched(
  routes: readonly ConfiguredRoute[],
  { service, targets }: Pick<Config, 'service' | 'targets'>,
): Pieces<ReadonlyMap<Severity, Unmatched>> {
  const isMatched = openMatches(routes.map(({ matchers }) => matchers));
  const found = new Map<Severity, Unmatched>();
  for (const { target } of targets) {
    for (const { alert, severity } of target.enabled ? alertsOf(target) : []) {
      const labels = { ...target.labels, ...alert.labels };
      const own = { alertname: alert.name, service, target: target.name, type: target.type, severity };
      if (
        isMatched(
          { ...labels, ...own },
          alert.measures.flatMap((measure) => measure.labels ?? []),
        )
      )
        continue;
      const { first = `${alert.name} of ${target.name} (${severity})`, count = 0 } = found.get(severity) ?? {};
      found.set(severity, { first, count: count + 1 });
    }
    yield;
  }
  return found;
}

/** Every alert at each of the severities that it can have. */
const alertsOf = ({ alerts }: ConfiguredTarget['target']) =>
  alerts.flatMap((alert) =>
    [alert.severity, ...alert.raise.map(({ severity }) => severity)].map((severity) => ({ alert, severity })),
  );

/** Whether one of the lists of matchers may fit labels; what the labels in `open` will be, nobody knows yet. Most labels are in no matcher: few answers are worked out. */
function openMatches(lists: readonly (readonly LabelMatcher[])[]) {
  const names = [...new Set(lists.flat().map(({ name }) => name))];
  const known = new Map<string, boolean>();
  return (labels: Readonly<Record<string, string>>, open: readonly string[]): boolean => {
    const shown = names.map((name) => (open.includes(name) ? null : (labels[name] ?? '')));
    const key = JSON.stringify(shown);
    const before = known.get(key);
    if (before !== undefined) return before;
    const asked = (matchers: readonly LabelMatcher[]) => matchers.filter(({ name }) => !open.includes(name));
    const now = lists.some((matchers) => {
      const compiled = compileMatchers(asked(matchers));
      return compiled.ok && compiled.matching.fits(labels);
    });
    known.set(key, now);
    return now;
  };
}

/** Who is told of alerts of a severity without a route, in words. */
function withoutRoute({ severities }: Routing, severity: Severity, receivers: Receivers): string {
  const { to, incident = true } =
    severities.find(({ name }) => name === severity) ?? ({} as Partial<ConfiguredSeverity>);
  const told = receivers
    .filter(({ name, settings }) => (to?.includes(name) ?? true) && (incident || !FOR_INCIDENTS.has(settings.type)))
    .map(({ name }) => name);
  if (told.length === 0) return 'nobody';
  return `${to === undefined ? 'every receiver' : `the receivers of ${severity}`}: ${told.join(', ')}`;
}
