import { headOf, present } from './head.ts';
import { measurePanel, titleOf } from './measure-panel.ts';
import type { Panel, Section } from './panel.ts';
import { CHOSEN } from './query.ts';
import type { Subject } from './subject.ts';

/** What a config measures by itself, each with the thresholds of its alerts. */
export function ownSection(subject: Subject): readonly Section[] {
  const panels = present(
    [...subject.own.keys()].map((name) => measurePanel(subject, [name], { title: titleOf(name) })),
  );
  if (panels.length > 0) return [{ title: 'Measures of your own', panels }];
  return subject.type === 'http' && subject.targets === undefined ? [anyOwn] : [];
}

const anyOwnPanel: Panel = {
  kind: 'timeseries',
  title: 'Measures of your own',
  description:
    'What `measure:` of the config defines, in base units. `outrider dashboards` draws each with its unit and its thresholds in a panel of its own.',
  queries: [
    {
      expr: `max by (target, measure) (outrider_measure{${CHOSEN}})`,
      legend: '{{target}} {{measure}}',
    },
  ],
  unit: 'short',
  width: 24,
  height: 8,
  empty: 'The config defines none',
  steps: [{ from: undefined, color: 'transparent' }],
};

const anyOwn: Section = { title: 'Measures of your own', panels: [anyOwnPanel] };

/** What is shown of a type that has no layout of its own: every measure, in the order in which the type declares them. */
export const plainSections = (subject: Subject): readonly Section[] => [
  headOf(subject),
  {
    title: 'Measures',
    panels: present(
      subject.measures
        .filter(({ name }) => !['up', 'failed', 'duration'].includes(name) && !subject.own.has(name))
        .map(({ name }) => measurePanel(subject, [name])),
    ),
  },
];
