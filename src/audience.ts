import type { Config } from './config/config.ts';
import { inUse, type Severity } from './core/severity.ts';
import type { Audience } from './notify/delivery/outbox.ts';
import { openRoutes } from './notify/route.ts';

/** Who is told by this config, and how. */
export function audienceOf(config: Config): Audience {
  const { severities, routes, targets, receivers, filesFrom, externalUrl, timezone, fallback } = config;
  const holds = new Map(targets.map(({ target }) => [target.name, target.holdMs]));
  const types = receivers.map(({ name, settings }) => ({ name, type: settings.type }));
  return {
    ...{ receivers, filesFrom, externalUrl, timezone, fallback },
    routing: openRoutes({ severities, routes, receivers: types, holdOfTarget: (name) => holds.get(name) }),
    severityLabel: severityLabelOf(config),
  };
}

/** What a severity is called at Alertmanager. */
export function severityLabelOf({ severities }: Pick<Config, 'severities'>): (severity: Severity) => string {
  const used = severities.map(({ name }) => name);
  const labels = new Map(severities.map(({ name, alertmanager }) => [name, alertmanager]));
  return (severity) => labels.get(inUse(used, severity)) ?? severity;
}
