import type { AlertSpec } from '../../core/alert.ts';
import type { Target } from '../../core/target.ts';
import { annotationsOf, saidWording, verbatim } from './annotations.ts';
import type { Formula } from './promql.ts';
import type { Rule } from './rule.ts';
import { quoted } from './series.ts';

/** An alert in force for a target of a service, or of any. */
export interface InForce {
  readonly service: string | undefined;
  readonly spec: AlertSpec;
  readonly target: Target;
}

/** Every label that a measure of the alert may have. */
const measureLabels = ({ when, measures }: AlertSpec): readonly string[] =>
  when.tests.some(({ kind }) => kind === 'missing')
    ? ['measure']
    : [...new Set(measures.flatMap(({ labels = [] }) => labels))];

/** What the daemon says of an alert. Its state takes the place of a label of that name, which then stands beside it. */
function said({ service, spec }: InForce, matchers: readonly string[], labels: ReadonlySet<string>): string {
  const ofService = service === undefined ? [] : [`service=${quoted(service)}`];
  const wanted = [`alertname=${quoted(spec.name)}`, ...ofService, ...matchers];
  const series = `outrider_alerts{${wanted.join(',')}}`;
  return labels.has('state') ? `label_replace(${series}, "state", "$1", "exported_state", "(.*)")` : series;
}

/** The states in which a condition holds. */
const ACTIVE = 'pending|firing|suppressed|silenced';

/** An alert's condition as the daemon judges it, whoever is told of it. */
export function saidActive(alert: InForce): Formula {
  const { spec, target } = alert;
  const labels = measureLabels(spec);
  const by = labels.length === 0 ? '' : ` by (${labels.join(', ')}) `;
  const matchers = [`target=${quoted(target.name)}`, `state=~"${ACTIVE}"`];
  return { expr: `max${by}(${said(alert, matchers, new Set(labels))})`, labels };
}

/** A selection of the daemon's alerts, those of them that Prometheus is to tell; `own` are labels that the config gives. */
export type Gate = (series: string, own: ReadonlySet<string>) => string;

/** Alerts that Outrider does not send to Alertmanager itself, with the label `pager` that it would give them. */
export const whereNotSent: Gate = (series, own) => {
  const pager = own.has('pager') ? '' : 'pager';
  return `${series} * on (service) group_left (${pager}) topk by (service) (1, outrider_sender_info{sender!="outrider"})`;
};

/** What fires, and what was told before somebody silenced it: a silence is no end. `ignored`: labels that Prometheus' own series of it has not, or alone. */
export const firingOrTold = (inState: (state: string) => string, alert: string, ignored: readonly string[]): string => {
  const told = `ALERTS{alertname=${quoted(alert)},alertstate="firing"}`;
  return `(${inState('firing')} or ${inState('silenced')} and ignoring (${ignored.join(', ')}) ${told})`;
};

/** A missed scrape or a restart is no end. */
export const OUTLASTS = '1m';

/** The rule for one alert name: it fires where the daemon's alert does, with the same labels. `only`: for the target alone. */
function saidRule(alert: InForce, gate: Gate, only: boolean): Rule {
  const { service, spec, target } = alert;
  const labels = measureLabels(spec);
  const own = new Set([...Object.keys({ ...target.labels, ...spec.labels }), ...labels]);
  // Of the scrape, unless the config has a label of that name; and of the daemon's say.
  const others = ['instance', 'job', own.has('state') ? 'exported_state' : 'state'].filter((label) => !own.has(label));
  const ofTarget = only ? [`target=${quoted(target.name)}`] : [];
  const inState = (state: string) => said(alert, [...ofTarget, `state="${state}"`], own);
  const ignored = [...others, 'alertstate', ...(own.has('pager') ? [] : ['pager'])];
  const fires = firingOrTold(inState, spec.name, ignored);
  return {
    alert: spec.name,
    expr: `max without (${others.join(', ')}) (${gate(fires, own)})`,
    ...(gate === whereNotSent ? { keep_firing_for: OUTLASTS } : {}),
    ...(only ? { labels: { target: verbatim(target.name) } } : {}),
    annotations: annotationsOf(spec, target, saidWording(spec, service, labels)),
  };
}

/** One rule for each alert name, or one for each target where the name says different things of them. */
export function saidRules(alerts: readonly InForce[], gate: Gate = whereNotSent): readonly Rule[] {
  const byName = Map.groupBy(alerts, ({ spec }) => spec.name);
  return [...byName.values()].flatMap((same) => {
    const rules = same.map((one) => saidRule(one, gate, false));
    const [first] = rules;
    const isOne = new Set(rules.map((rule) => JSON.stringify(rule))).size === 1;
    return isOne && first !== undefined ? [first] : same.map((one) => saidRule(one, gate, true));
  });
}
