import type { Config, ConfiguredTarget } from '../../config/config.ts';
import type { AlertSpec } from '../../core/alert.ts';
import { OWN_ALERTS } from '../../core/own-alert.ts';
import { ownTarget } from '../../core/own-target.ts';
import type { Target } from '../../core/target.ts';
import { measuresOf } from '../../probe/registry.ts';
import { targetRules, type Watched } from './independent.ts';
import { type RuleGroup, ruleFile } from './rule.ts';
import { saidRules } from './said.ts';

/** What of a config becomes rules. */
export type RuleConfig = Pick<Config, 'service' | 'targets' | 'metrics' | 'labels'>;

const SAID = `Made by \`outrider rules\` from Outrider's config: write it anew when that changes.
Each alert fires here where it fires in Outrider: after its threshold, confirmation, root cause, silences and maintenance.
It is silent where Outrider itself sends to Alertmanager: say "sender: prometheus" in the config.`;

const INDEPENDENT = `Made by \`outrider rules --independent\` from Outrider's config: write it anew when that changes.
Each alert is judged by Prometheus itself, on what Outrider measures: no root cause, no silence and no maintenance of Outrider's.
Load it where Outrider itself sends nothing to Alertmanager ("sender: prometheus"); otherwise every alert comes twice.`;

/** The rule file (YAML) that lets Prometheus fire what the daemon finds firing; `runbooks`: where the pages of built-in alerts are. */
export function rulesText({ service, targets, labels }: RuleConfig, runbooks?: string): string {
  const alerts = probed(targets).flatMap(({ target }) =>
    withRunbooks(target, runbooks).alerts.map((spec) => ({ service, spec, target })),
  );
  const rules = saidRules([...alerts, ...ownAlerts(service, labels, runbooks)]).map((rule) => ({
    rule,
    note: undefined,
  }));
  return ruleFile([{ name: `outrider ${service}`, rules }], SAID);
}

/** The rule file (YAML) that lets Prometheus judge every alert by its own formula. */
export function independentRulesText(config: RuleConfig, runbooks?: string): string {
  const { service, targets, labels } = config;
  const { exporterNames } = config.metrics;
  const watched = probed(targets).map(({ target, settings }): Watched => {
    const measures = new Map(measuresOf(settings).map((measure) => [measure.name, measure]));
    const speaks = exporterNames === 'all' || exporterNames.includes(target.type);
    return { target: withRunbooks(target, runbooks), subject: { target, measures, exporterNames: speaks } };
  });
  const itself = saidRules(ownAlerts(service, labels, runbooks)).map((rule) => ({ rule, note: undefined }));
  const groups = [
    ...watched.map((each) => targetRules(each, service)),
    { name: `outrider ${service}: itself`, rules: itself },
  ];
  return ruleFile(filled(groups), INDEPENDENT);
}

/** What Outrider says of itself. */
const ownAlerts = (service: string, labels: Config['labels'], runbooks: string | undefined) => {
  const target = ownTarget(labels);
  return withRunbooks({ ...target, alerts: OWN_ALERTS }, runbooks).alerts.map((spec) => ({ service, spec, target }));
};

/** The same target, its built-in alerts with their pages where nothing else is said. */
function withRunbooks(target: Target, runbooks: string | undefined): Target {
  if (runbooks === undefined || target.runbook !== undefined) return target;
  const paged = (spec: AlertSpec): AlertSpec =>
    spec.origin === 'own' || spec.runbook !== undefined ? spec : { ...spec, runbook: pageOf(runbooks, spec.name) };
  return { ...target, alerts: target.alerts.map(paged) };
}

/** The address of an alert's page. */
export const pageOf = (runbooks: string, alert: string): string => `${runbooks.replace(/\/+$/, '')}/${alert}.md`;

/** A target that is paused alarms nobody. */
const probed = (targets: readonly ConfiguredTarget[]): readonly ConfiguredTarget[] =>
  targets.filter(({ target }) => target.enabled);

const filled = (groups: readonly RuleGroup[]): readonly RuleGroup[] => groups.filter(({ rules }) => rules.length > 0);
