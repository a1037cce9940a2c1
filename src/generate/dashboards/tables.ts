import type { Severity } from '../../core/severity.ts';
import { VERDICT } from './head.ts';
import { type Column, type Panel, SEVERITY_COLOR } from './panel.ts';
import { CHOSEN } from './query.ts';
import type { Subject } from './subject.ts';

/** Alerts of the chosen service and targets; also those that name none, as Outrider's own do. */
export const ALERTS = 'service=~"$service|",target=~"$target|"';
/** The verdict of each chosen target. */
export const UP = `max by (target) (outrider_target_up{${CHOSEN}})`;

/** The states of alerts that are no longer pending. */
export const KNOWN = 'firing|suppressed|silenced';

/** The series of an alert's metric, with the alert's state beside its labels. A measure's own label `state` stands as `exported_state` in both. */
export const withState = (metric: string, states: string): string =>
  `max without (job, instance) (outrider_alerts{${ALERTS},state=~"${states}"}) * ignoring (state) group_left () max without (job, instance, state) (label_replace(${metric}{${ALERTS}}, "exported_state", "$1", "state", "(.+)"))`;

/** Labels of measures in one, for a column: which group, which database. */
function instanceOf(subjects: readonly Subject[]): (expr: string) => string {
  const labels = subjects.flatMap(({ measures }) => measures.flatMap((measure) => measure.labels ?? []));
  const shown = [...new Set(labels)].map((label) => (label === 'state' ? 'exported_state' : label)).sort();
  const sources = [...shown, 'measure'].map((label) => `"${label}"`).join(', ');
  return (expr) => `label_join(${expr}, "of", " ", ${sources})`;
}

const target: Column = {
  field: 'target',
  title: 'Target',
  link: { title: 'Its page in Outrider', url: `\${outrider}/targets/\${__value.raw}` },
};
const since = (field: string): Column => ({ field, title: 'Since', unit: 'dateTimeFromNow', width: 130 });

/** Every alert that is known, gravest first. */
export const alertTable = (severities: readonly Severity[], subjects: readonly Subject[]): Panel => ({
  kind: 'table',
  title: 'Alerts',
  description:
    'Every alert that fires, then those that are silenced or symptoms of another. Since: the first failed probe. Value and threshold are in base units: seconds, bytes, ratios.',
  queries: [
    { expr: `1000 * ${withState('outrider_alert_since_timestamp_seconds', KNOWN)}`, legend: 'since' },
    { expr: withState('outrider_alert_value', KNOWN), legend: 'value' },
    { expr: withState('outrider_alert_threshold', KNOWN), legend: 'threshold' },
  ].map(({ expr, legend }) => ({ expr: instanceOf(subjects)(expr), legend, isNow: true })),
  unit: 'short',
  width: 16,
  height: 10,
  empty: 'No alert',
  columns: [
    {
      field: 'severity',
      title: 'Severity',
      width: 90,
      isColored: true,
      shown: severities.map((severity) => ({ value: severity, text: severity, color: SEVERITY_COLOR[severity] })),
    },
    {
      field: 'alertname',
      title: 'Alert',
      link: { title: 'Its runbook', url: `\${runbooks}/\${__value.raw}.md` },
    },
    target,
    { field: 'of', title: 'Of', width: 150 },
    { field: 'type', title: 'Type', width: 90 },
    {
      field: 'state',
      title: 'State',
      width: 110,
      shown: [
        { value: 'firing', text: 'firing', color: 'red' },
        { value: 'silenced', text: 'silenced', color: 'blue' },
        { value: 'suppressed', text: 'symptom', color: 'text' },
      ],
    },
    since('Value #A'),
    { field: 'Value #B', title: 'Value', unit: 'short', width: 90 },
    { field: 'Value #C', title: 'Threshold', unit: 'short', width: 100 },
  ],
  sortBy: [{ title: 'State' }, { title: 'Severity' }],
});

/** Why each target that is down failed last. */
export const downTable: Panel = {
  kind: 'table',
  title: 'Targets that are down',
  description:
    'Why the last probe of each target that is down failed, and since when: the first failed probe of its gravest alert.',
  queries: [
    {
      expr: `max by (target, reason) (outrider_probe_failure_info{${CHOSEN}}) and on (target) (${UP} == 0)`,
      legend: 'reason',
      isNow: true,
    },
    {
      expr: `1000 * min by (target) (outrider_alert_since_timestamp_seconds{${ALERTS}}) and on (target) (${UP} == 0)`,
      legend: 'since',
      isNow: true,
    },
  ],
  unit: 'short',
  width: 8,
  height: 10,
  empty: 'Everything is up',
  joinBy: 'target',
  columns: [target, { field: 'reason', title: 'Reason', width: 110 }, since('Value #B')],
  sortBy: [{ title: 'Since' }],
};

/** What is watched. */
export const targets: Panel = {
  kind: 'table',
  title: 'All targets',
  description: 'What is watched, with the verdict and the age of the last probe.',
  queries: [
    {
      expr: `max by (target, type, group, critical) (outrider_target_info{service=~"$service",${CHOSEN}})`,
      legend: 'info',
      isNow: true,
    },
    { expr: UP, legend: 'verdict', isNow: true },
    {
      expr: `time() - max by (target) (outrider_target_last_probe_timestamp_seconds{${CHOSEN}})`,
      legend: 'last probe',
      isNow: true,
    },
  ],
  unit: 'short',
  width: 12,
  height: 8,
  joinBy: 'target',
  columns: [
    target,
    { field: 'type', title: 'Type', width: 90 },
    { field: 'group', title: 'Group', width: 110 },
    { field: 'critical', title: 'Critical', width: 80 },
    { field: 'Value #B', title: 'Verdict', width: 90, isColored: true, shown: VERDICT },
    { field: 'Value #C', title: 'Last probe', unit: 's', width: 110 },
  ],
  sortBy: [{ title: 'Target' }],
};
