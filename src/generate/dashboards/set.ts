import type { Config } from '../../config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { measuresOf, ownMeasuresOf, probeTypeOf, probeTypes } from '../../probe/registry.ts';
import type { DashboardSet } from './dashboards.ts';
import { builtInSubject, type Subject, watchOf } from './subject.ts';

/** What of a config becomes dashboards. */
export type DashboardConfig = Pick<Config, 'service' | 'targets' | 'metrics' | 'externalUrl' | 'severities'>;

const DEFAULT_URL = 'http://localhost:9875';
/** Where the pages are in the repository: who serves them elsewhere says so. */
const RUNBOOKS = 'docs/runbooks';

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** The dashboards for any config: every type, with the built-in thresholds. */
export const builtInSet = (): DashboardSet => ({
  subjects: probeTypes.map(builtInSubject),
  severities: SEVERITIES,
  objectives: [],
  frame: { prefix: 'outrider', tag: 'outrider', service: undefined, outriderUrl: DEFAULT_URL, runbooksUrl: RUNBOOKS },
});

/** The dashboards of one config: the types that it has, what it measures by itself, its own thresholds; `runbooks`: where docs/runbooks is. */
export function setOf(config: DashboardConfig, runbooks = RUNBOOKS): DashboardSet {
  const { service, targets, externalUrl, severities } = config;
  const probed = targets.filter(({ target }) => target.enabled);
  const types = probeTypes.filter(({ type }) => probed.some(({ target }) => target.type === type));
  return {
    subjects: types.map(({ type }) => subjectOf(type, config)),
    severities: severities.map(({ name }) => name),
    objectives: probed.flatMap(({ target: { name, slo } }) =>
      slo === undefined ? [] : [{ target: name, objective: slo.objective, window: formatDuration(slo.windowMs) }],
    ),
    frame: {
      prefix: `outrider-${service}`,
      tag: `outrider-${service}`,
      service,
      outriderUrl: withoutSlash(externalUrl ?? DEFAULT_URL),
      runbooksUrl: withoutSlash(runbooks),
    },
  };
}

function subjectOf(type: string, { targets, metrics: { exporterNames } }: DashboardConfig): Subject {
  const same = targets.filter(({ target }) => target.enabled && target.type === type);
  const measures = new Map(same.flatMap(({ settings }) => measuresOf(settings)).map((each) => [each.name, each]));
  return {
    type,
    title: probeTypeOf(type).title,
    measures: [...measures.values()],
    own: ownOf(same),
    exporterNames: exporterNames === 'all' || exporterNames.includes(type),
    targets: same.map(({ target }) => target.name),
    watches: same.flatMap(({ target }) => target.alerts.map((spec) => watchOf(spec, target))),
  };
}

/** Each measure that a target defines by itself, with the targets that do. */
function ownOf(targets: DashboardConfig['targets']): ReadonlyMap<string, readonly string[]> {
  const each = targets.flatMap(({ target, settings }) =>
    ownMeasuresOf(settings).map(({ name }) => ({ name, target: target.name })),
  );
  const byName = Map.groupBy(each, ({ name }) => name);
  return new Map([...byName].map(([name, all]) => [name, all.map(({ target }) => target)]));
}
