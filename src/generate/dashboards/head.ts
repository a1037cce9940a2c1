import { measurePanel } from './measure-panel.ts';
import type { Panel, Section, Shown } from './panel.ts';
import { CHOSEN } from './query.ts';
import type { Subject } from './subject.ts';

/** How a verdict is shown. */
export const VERDICT: readonly Shown[] = [
  { value: '0', text: 'down', color: 'red' },
  { value: '1', text: 'up', color: 'green' },
];

/** The panels that are there. */
export const present = (panels: readonly (Panel | undefined)[]): readonly Panel[] =>
  panels.filter((panel) => panel !== undefined);

const typed = ({ type }: Subject): string => `${CHOSEN},type="${type}"`;

/** What the dashboard of every type begins with: is it up, was it, why not, how fast. */
export function headOf(subject: Subject): Section {
  return {
    title: 'Is it up, and how fast',
    panels: present([
      countPanel(subject),
      verdictPanel(subject),
      reasonPanel(subject),
      measurePanel(subject, ['duration'], { title: 'Time to answer', least: 0, isClose: true }),
      measurePanel(subject, ['failed'], { title: 'Failed probes', most: 1 }),
    ]),
  };
}

const countPanel = (subject: Subject): Panel => ({
  kind: 'stat',
  title: 'Down',
  description: `Targets of type ${subject.title} that are down by Outrider’s verdict: after confirmation, until they have recovered.`,
  queries: [
    {
      expr: `count(max by (target) (outrider_target_up{${typed(subject)}}) == 0) or vector(0)`,
      legend: 'down',
      isNow: true,
    },
  ],
  unit: 'short',
  width: 4,
  height: 7,
  steps: [
    { from: undefined, color: 'green' },
    { from: 1, color: 'red' },
  ],
});

const verdictPanel = (subject: Subject): Panel => ({
  kind: 'state-timeline',
  title: 'Verdict over time',
  description:
    'Whether each target was up by Outrider’s verdict. A gap is a time in which nobody knew: Outrider did not run, or was in trouble itself.',
  queries: [{ expr: `max by (target) (outrider_target_up{${typed(subject)}})`, legend: '{{target}}' }],
  unit: 'none',
  width: 12,
  height: 7,
  shown: VERDICT,
});

const reasonPanel = (subject: Subject): Panel => ({
  kind: 'timeseries',
  title: 'Why probes fail',
  description: 'Targets whose last probe failed, by reason: each target is 1 while it fails. Empty while all answer.',
  queries: [
    {
      expr: `max by (target, reason) (outrider_probe_failure_info{${CHOSEN}}) and on (target) max by (target) (outrider_target_info{${typed(subject)}})`,
      legend: '{{target}} {{reason}}',
    },
  ],
  unit: 'short',
  width: 8,
  height: 7,
  least: 0,
  isStacked: true,
  empty: 'No probe fails',
  steps: [{ from: undefined, color: 'transparent' }],
});

/** A series of an exporter that is no measure, in place of which nothing is drawn where the type does not speak its names. */
export function seriesPanel(
  { exporterNames }: Subject,
  panel: Pick<Panel, 'title' | 'description' | 'queries' | 'unit'> & Partial<Panel>,
): Panel | undefined {
  if (!exporterNames) return undefined;
  return { kind: 'timeseries', width: 12, height: 8, steps: [{ from: undefined, color: 'transparent' }], ...panel };
}

/** The series of a metric for the chosen targets. */
export const chosen = (metric: string, matchers = ''): string =>
  `${metric}{${CHOSEN}${matchers === '' ? '' : `,${matchers}`}}`;
