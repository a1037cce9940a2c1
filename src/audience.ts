import type { Config } from './config/config.ts';
import { inUse, type Severity } from './core/severity.ts';
import type { Audience } from './notify/delivery/outbox.ts';
import { receiverTypeOf } from './notify/registry.ts';
import { openRoutes } from './notify/route.ts';

/** Who is told by this config, and how. */
export function audienceOf(config: Config): Audience {
  const { severities, routes, targets, filesFrom, externalUrl, timezone } = config;
  const receivers = config.receivers.filter(({ settings }) => isTold(config, settings.type));
  const fallback = receivers.find(({ name }) => name === config.fallback)?.name;
  const holds = new Map(targets.map(({ target }) => [target.name, target.holdMs]));
  const types = receivers.map(({ name, settings }) => ({ name, type: settings.type }));
  return {
    ...{ receivers, filesFrom, externalUrl, timezone, fallback },
    routing: openRoutes({ severities, routes, receivers: types, holdOfTarget: (name) => holds.get(name) }),
    severityLabel: severityLabelOf(config),
  };
}

/** With `sender: prometheus` Alertmanager hears everything from Prometheus. */
const isTold = ({ sender }: Pick<Config, 'sender'>, type: string): boolean =>
  sender === 'outrider' || type !== 'alertmanager';

/** Who tells Alertmanager, and the label `pager` that alerts have there: rules of Prometheus go by it. */
export function senderOf({ service, sender, receivers }: Config) {
  const isOf = (type: string) => receivers.some(({ settings }) => settings.type === type);
  const reachesPeople = receivers.some(({ settings }) => receiverTypeOf(settings.type).manner.people === true);
  const said = sender === 'outrider' && !isOf('alertmanager') ? 'nobody' : sender;
  return { service, sender: said, pager: reachesPeople ? 'outrider' : '' } as const;
}

/** What a severity is called at Alertmanager. */
export function severityLabelOf({ severities }: Pick<Config, 'severities'>): (severity: Severity) => string {
  const used = severities.map(({ name }) => name);
  const labels = new Map(severities.map(({ name, alertmanager }) => [name, alertmanager]));
  return (severity) => labels.get(inUse(used, severity)) ?? severity;
}
