import {
  AnnotationQueryBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './datasource.ts';
import type { Board, Mark } from './panel.ts';

/** What is the same on every dashboard of a set. */
export interface Frame {
  /** Begins every uid: `outrider`, `outrider-shop`. */
  readonly prefix: string;
  /** On every dashboard; they link to each other by it. */
  readonly tag: string;
  /** The service that a config names; undefined: any. */
  readonly service: string | undefined;
  /** Where people reach Outrider, without a slash at the end. */
  readonly outriderUrl: string;
  /** Where docs/runbooks is, without a slash at the end. */
  readonly runbooksUrl: string;
}

type Variable = { build(): VariableModel };

/** A list of a label's values, as the data source gives them now. */
function labelValues(name: string, label: string, series: string, of: string): QueryVariableBuilder {
  const query = `label_values(${series}, ${of})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

const ALL = { selected: true, text: ['All'], value: ['$__all'] };

const several = (variable: QueryVariableBuilder): QueryVariableBuilder =>
  variable.multi(true).includeAll(true).current(ALL);

/** The choices above the panels. */
export function variablesOf({ chooses, type }: Board, frame: Frame): readonly Variable[] {
  const source = new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus');
  if (chooses === 'instances')
    return [source, several(labelValues('instance', 'Outrider', 'outrider_build_info', 'instance'))];
  const service = labelValues('service', 'Service', 'outrider_target_info', 'service');
  const ofType = type === undefined ? '' : `,type="${type}"`;
  const targets = labelValues('target', 'Target', `outrider_target_info{service=~"$service"${ofType}}`, 'target');
  return [
    source,
    frame.service === undefined
      ? several(service)
      : several(service).current({ selected: true, text: [frame.service], value: [frame.service] }),
    several(targets),
    // Links go by them; who reaches Outrider elsewhere writes it there once.
    new TextBoxVariableBuilder('outrider').label('Outrider').defaultValue(frame.outriderUrl),
    new TextBoxVariableBuilder('runbooks').label('Runbooks').defaultValue(frame.runbooksUrl),
  ];
}

/** Alerts, restarts and reloads over time. */
export function annotationOf({ name, expr, color, title, text, isMoment = false }: Mark): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step('')
    .titleFormat(title)
    .textFormat(text)
    .useValueForTime(isMoment);
}

/** To the other dashboards of the set, with the same time and targets, and to Outrider. */
export const linksOf = ({ chooses }: Board, { tag }: Frame): readonly DashboardLinkBuilder[] => [
  new DashboardLinkBuilder('Dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([tag])
    .asDropdown(false)
    .keepTime(true),
  ...(chooses === 'targets'
    ? [new DashboardLinkBuilder('Outrider').type(DashboardLinkType.Link).url(`\${outrider}`).targetBlank(true)]
    : []),
];
