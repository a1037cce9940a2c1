import type { AlertSpec } from '../../core/alert.ts';
import { formatDuration } from '../../core/duration.ts';
import { annotationsOf, ownWording, verbatim } from './annotations.ts';
import { type Formula, formulaOf } from './promql.ts';
import type { Rule, RuleGroup } from './rule.ts';
import { type InForce, saidActive } from './said.ts';
import type { Subject } from './series.ts';

/** A target with its alerts, and how Prometheus sees it. */
export interface Watched {
  readonly target: InForce['target'];
  readonly subject: Subject;
}

const NO_FORMULA = (name: string, when: string): string =>
  `${name}: no metrics tell "${when}"; this follows what Outrider judges, and is silent while Outrider is.`;

/** The rules of one target: each alert's condition as a formula, judged as often as the target is probed. */
export function targetRules({ target, subject }: Watched, service: string): RuleGroup {
  return {
    name: `outrider ${service} ${target.name}`,
    interval: formatDuration(target.intervalMs),
    rules: target.alerts.flatMap((spec) => {
      const formula = formulaOf(spec.when, subject);
      const alert = { service, spec, target };
      const note = formula === undefined ? NO_FORMULA(spec.name, spec.when.text) : undefined;
      return severitiesOf(spec).map(({ severity, afterMs }, index) => ({
        rule: ruleOf(alert, formula ?? saidActive(alert), {
          severity,
          afterMs,
          isSaid: formula === undefined,
        }),
        note: index === 0 ? note : undefined,
      }));
    }),
  };
}

/** The severity that an alert begins with, and each that it rises to, with how long after it began to fire. */
const severitiesOf = ({ severity, raise }: AlertSpec) => [{ severity: severity as string, afterMs: 0 }, ...raise];

interface Telling {
  readonly severity: string;
  readonly afterMs: number;
  /** Whether the formula follows the daemon's alert, which keeps firing by itself. */
  readonly isSaid: boolean;
}

type OfService = InForce & { readonly service: string };

function ruleOf({ service, spec, target }: OfService, formula: Formula, { severity, afterMs, isSaid }: Telling): Rule {
  const identity = { service, target: target.name, type: target.type, severity };
  const overruling: Readonly<Record<string, string>> = { ...spec.labels, ...identity };
  const free = formula.labels.filter((label) => overruling[label] === undefined);
  const inherited = Object.entries(target.labels).filter(([label]) => !formula.labels.includes(label));
  const labels = { ...Object.fromEntries(inherited), ...overruling };
  const forMs = spec.forMs + afterMs;
  const hidden = free.length < formula.labels.length;
  return {
    alert: spec.name,
    // Instances that a label of the alert makes one are one alert.
    expr: hidden ? `max by (${free.join(', ')}) (${formula.expr})` : formula.expr,
    ...(forMs === 0 ? {} : { for: formatDuration(forMs) }),
    ...(spec.keepFiringForMs === 0 || isSaid ? {} : { keep_firing_for: formatDuration(spec.keepFiringForMs) }),
    labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, verbatim(value)])),
    annotations: annotationsOf(spec, target, ownWording(target, free, { ...labels, alertname: spec.name })),
  };
}
