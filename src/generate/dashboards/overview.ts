import type { Severity } from '../../core/severity.ts';
import { VERDICT } from './head.ts';
import { type Mark, type Panel, SEVERITY_COLOR, type Section } from './panel.ts';
import { bare, CHOSEN, curveOf } from './query.ts';
import type { Subject } from './subject.ts';
import { ALERTS, alertTable, downTable, targets, UP, withState } from './tables.ts';

/** What the overview is made of. */
export interface Overall {
  readonly subjects: readonly Subject[];
  /** In use, gravest first. */
  readonly severities: readonly Severity[];
  /** Targets with an objective: how much of the time they should be up, over how long. */
  readonly objectives: readonly { readonly target: string; readonly objective: number; readonly window: string }[];
}

/** What is broken, since when, how bad: all of it on one screen of 1080 lines. */
export const overviewSections = (overall: Overall): readonly Section[] => [
  {
    title: 'What is broken, since when, how bad',
    panels: [
      downCount,
      bySeverity(overall.severities),
      unknownCount,
      mutedCount,
      oldest,
      alertTable(overall.severities, overall.subjects),
      downTable,
      verdicts,
      overall.objectives.length === 0 ? availability : budget(overall),
    ],
  },
  { title: 'How it came', panels: [alertsOverTime(overall.severities), failing, answering(overall.subjects), targets] },
];

const STATE_STEPS = [
  { from: undefined, color: 'green' },
  { from: 1, color: 'red' },
];

const count = (panel: Pick<Panel, 'title' | 'description' | 'queries'> & Partial<Panel>): Panel => ({
  kind: 'stat',
  unit: 'short',
  width: 4,
  height: 4,
  steps: STATE_STEPS,
  ...panel,
});

const downCount = count({
  title: 'Targets down',
  description: 'Targets that are down by Outrider’s verdict: after confirmation, until they have recovered.',
  queries: [{ expr: `count(${UP} == 0) or vector(0)`, legend: 'down', isNow: true }],
});

const bySeverity = (severities: readonly Severity[]): Panel =>
  count({
    title: 'Alerts that fire, by severity',
    description: 'Alerts that fire now: neither suppressed as symptoms of another nor silenced.',
    queries: severities.map((severity) => ({
      expr: `count(max without (job, instance) (outrider_alerts{${ALERTS},state="firing",severity="${severity}"})) or vector(0)`,
      legend: severity,
      color: SEVERITY_COLOR[severity],
      isNow: true,
    })),
    width: 8,
  });

const unknownCount = count({
  title: 'Nobody knows',
  description:
    'Targets without a verdict: never seen up yet, paused, or not measured because Outrider was in trouble itself.',
  queries: [
    {
      expr: `count(max by (target) (outrider_target_info{service=~"$service",${CHOSEN}}) unless ${UP}) or vector(0)`,
      legend: 'unknown',
      isNow: true,
    },
  ],
  steps: [
    { from: undefined, color: 'green' },
    { from: 1, color: 'yellow' },
  ],
});

const mutedCount = count({
  title: 'Told to nobody',
  description: 'Alerts that are symptoms of another or silenced, and targets in maintenance: known, and paging nobody.',
  queries: [
    {
      expr: `count(max without (job, instance) (outrider_alerts{${ALERTS},state="suppressed"})) or vector(0)`,
      legend: 'symptoms',
      isNow: true,
    },
    {
      expr: `count(max without (job, instance) (outrider_alerts{${ALERTS},state="silenced"})) or vector(0)`,
      legend: 'silenced',
      isNow: true,
    },
    {
      expr: `count(max by (target) (outrider_maintenance{${CHOSEN}})) or vector(0)`,
      legend: 'in maintenance',
      isNow: true,
    },
  ],
  isQuiet: true,
  steps: [
    { from: undefined, color: 'text' },
    { from: 1, color: 'blue' },
  ],
});

const oldest = count({
  title: 'First failed probe',
  description: 'When the alert that fires longest began: its first failed probe.',
  queries: [
    {
      expr: `1000 * min(${withState('outrider_alert_since_timestamp_seconds', 'firing')})`,
      legend: 'since',
      isNow: true,
    },
  ],
  unit: 'dateTimeFromNow',
  empty: 'Nothing fires',
  isQuiet: true,
  steps: [{ from: undefined, color: 'text' }],
});

const verdicts: Panel = {
  kind: 'state-timeline',
  title: 'Verdict over time',
  description: 'Up and down by Outrider’s verdict; a gap is a time in which nobody knew.',
  queries: [{ expr: UP, legend: '{{target}}' }],
  unit: 'none',
  width: 16,
  height: 9,
  shown: VERDICT,
};

const RATIO_STEPS = [
  { from: undefined, color: 'red' },
  { from: 0.99, color: 'orange' },
  { from: 0.999, color: 'green' },
];

const availability: Panel = {
  kind: 'bargauge',
  title: 'Up, of the time shown',
  description:
    'Share of the shown time in which each target was up; the ten worst. With an objective (`slo`) in the config, `outrider dashboards` shows its error budget here.',
  queries: [
    {
      expr: `sort(bottomk(10, avg by (target) (avg_over_time(outrider_target_up{${CHOSEN}}[$__range]))))`,
      legend: '{{target}}',
      isNow: true,
    },
  ],
  unit: 'percentunit',
  width: 8,
  height: 9,
  least: 0,
  most: 1,
  decimals: 2,
  steps: RATIO_STEPS,
};

const budget = ({ objectives }: Overall): Panel => ({
  kind: 'bargauge',
  title: 'Error budget that is left',
  description:
    'Of the time that a target may be down by its objective (`slo`), the part that is left; below 0 the objective is missed.',
  queries: objectives.map(({ target: name, objective, window }) => ({
    expr: `1 - (1 - max by (target) (avg_over_time(outrider_target_up{target=${JSON.stringify(name)},${CHOSEN}}[${window}]))) / ${Number((1 - objective).toPrecision(12))}`,
    legend: `{{target}} (${Number((objective * 100).toPrecision(8))}% over ${window})`,
    isNow: true,
  })),
  unit: 'percentunit',
  width: 8,
  height: 9,
  least: 0,
  most: 1,
  steps: [
    { from: undefined, color: 'red' },
    { from: 0.1, color: 'orange' },
    { from: 0.5, color: 'green' },
  ],
});

const alertsOverTime = (severities: readonly Severity[]): Panel => ({
  kind: 'timeseries',
  title: 'Alerts that fired, by severity',
  description: 'How many alerts fired at a time.',
  queries: severities.map((severity) => ({
    expr: `count(max without (job, instance) (outrider_alerts{${ALERTS},state="firing",severity="${severity}"})) or vector(0)`,
    legend: severity,
    color: SEVERITY_COLOR[severity],
  })),
  unit: 'short',
  width: 12,
  height: 8,
  isStacked: true,
  least: 0,
  steps: [{ from: undefined, color: 'transparent' }],
});

const failing: Panel = {
  kind: 'timeseries',
  title: 'Probes that failed',
  description: 'Share of each target’s probes that failed, also between scrapes and before any confirmation.',
  queries: [
    {
      expr: `(sum by (target) (rate(outrider_target_probes_total{${CHOSEN},outcome="down"}[$__rate_interval])) / sum by (target) (rate(outrider_target_probes_total{${CHOSEN}}[$__rate_interval]))) > 0`,
      legend: '{{target}}',
    },
  ],
  unit: 'percentunit',
  width: 12,
  height: 8,
  least: 0,
  most: 1,
  empty: 'No probe failed',
  steps: [{ from: undefined, color: 'transparent' }],
};

/** Each type has a metric of its own for how long it takes to answer. */
const answering = (subjects: readonly Subject[]): Panel => ({
  kind: 'timeseries',
  title: 'Time to answer',
  description: 'How long the health question took, by target.',
  queries: subjects.flatMap((subject) => curveOf(bare('duration'), subject) ?? []),
  unit: 's',
  width: 12,
  height: 8,
  least: 0,
  steps: [{ from: undefined, color: 'transparent' }],
});

/** What is marked on every dashboard of targets. */
export const MARKS: readonly Mark[] = [
  {
    name: 'Alerts',
    expr: `max by (alertname, target, severity) (outrider_alerts{${ALERTS},state="firing"})`,
    color: 'red',
    title: '{{alertname}}',
    text: '{{target}} ({{severity}})',
  },
];
