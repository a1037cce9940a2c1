import type { Config, ConfiguredTarget } from '../../config/config.ts';
import { measuresOf } from '../../probe/registry.ts';
import { targetRules, type Watched } from './independent.ts';
import { type RuleGroup, ruleFile } from './rule.ts';
import { saidRules } from './said.ts';

/** What of a config becomes rules. */
export type RuleConfig = Pick<Config, 'service' | 'targets' | 'metrics'>;

const SAID = `Made by \`outrider rules\` from Outrider's config: write it anew when that changes.
Each alert fires here where it fires in Outrider: after its threshold, confirmation, root cause, silences and maintenance.
Load it where Outrider itself sends nothing to Alertmanager; otherwise every alert comes twice.`;

const INDEPENDENT = `Made by \`outrider rules --independent\` from Outrider's config: write it anew when that changes.
Each alert is judged by Prometheus itself, on what Outrider measures: no root cause, no silence and no maintenance of Outrider's.`;

/** The rule file (YAML) that lets Prometheus fire what the daemon finds firing. */
export function rulesText({ service, targets }: RuleConfig): string {
  const alerts = probed(targets).flatMap(({ target }) => target.alerts.map((spec) => ({ service, spec, target })));
  const rules = saidRules(alerts).map((rule) => ({ rule, note: undefined }));
  return ruleFile(filled([{ name: `outrider ${service}`, rules }]), SAID);
}

/** The rule file (YAML) that lets Prometheus judge every alert by its own formula. */
export function independentRulesText({ service, targets, metrics: { exporterNames } }: RuleConfig): string {
  const watched = probed(targets).map(({ target, settings }): Watched => {
    const measures = new Map(measuresOf(settings).map((measure) => [measure.name, measure]));
    const speaks = exporterNames === 'all' || exporterNames.includes(target.type);
    return { target, subject: { target, measures, exporterNames: speaks } };
  });
  return ruleFile(filled(watched.map((each) => targetRules(each, service))), INDEPENDENT);
}

/** A target that is paused alarms nobody. */
const probed = (targets: readonly ConfiguredTarget[]): readonly ConfiguredTarget[] =>
  targets.filter(({ target }) => target.enabled);

const filled = (groups: readonly RuleGroup[]): readonly RuleGroup[] => groups.filter(({ rules }) => rules.length > 0);
