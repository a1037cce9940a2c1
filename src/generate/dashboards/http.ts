import { chosen, headOf, present, seriesPanel } from './head.ts';
import { measurePanel } from './measure-panel.ts';
import type { Panel, Section, Shown } from './panel.ts';
import { bare, curveOf } from './query.ts';
import type { Subject } from './subject.ts';

const PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;

/** Codes by their class; the commonest by their name. */
const STATUSES: readonly Shown[] = [
  { value: '100..199', text: '1xx', color: 'blue' },
  { value: '200..299', text: '2xx', color: 'green' },
  { value: '300..399', text: '3xx', color: 'blue' },
  { value: '400..499', text: '4xx', color: 'orange' },
  { value: '500..599', text: '5xx', color: 'red' },
];

/** What is shown of services over HTTP. */
export const httpSections = (subject: Subject): readonly Section[] => [
  headOf(subject),
  {
    title: 'Answers',
    panels: present([
      phases(subject),
      statusPanel(subject),
      measurePanel(subject, ['size'], { title: 'Size of the body', width: 8, least: 0 }),
      measurePanel(subject, ['redirects'], { width: 8, least: 0 }),
      seriesPanel(subject, {
        title: 'Protocol',
        description: 'HTTP version of the last answer.',
        queries: [{ expr: `max by (target) (${chosen('probe_http_version')})`, legend: '{{target}}' }],
        unit: 'short',
        width: 8,
        least: 0,
      }),
    ]),
  },
  {
    title: 'Certificates',
    panels: present([
      measurePanel(subject, ['certificate_expires_in'], { title: 'Time until the certificate expires' }),
      measurePanel(subject, ['certificate_lifetime_left'], {
        title: 'Lifetime of the certificate that is left',
        most: 1,
      }),
    ]),
  },
];

/** Phases add up for one target; for several their means do. */
function phases(subject: Subject): Panel | undefined {
  const panel = measurePanel(subject, PHASES, { title: 'Where the time goes', isStacked: true, least: 0 });
  if (panel === undefined) return undefined;
  const queries = PHASES.flatMap((phase) => {
    const curve = curveOf(bare(phase), subject);
    return curve === undefined ? [] : [{ expr: `avg(${curve.expr})`, legend: phase }];
  });
  return { ...panel, description: `${panel.description}\n\nThe mean of the chosen targets.`, queries };
}

function statusPanel(subject: Subject) {
  const panel = measurePanel(subject, ['status'], { title: 'Status code' });
  return panel === undefined ? undefined : { ...panel, kind: 'state-timeline' as const, unit: 'none', shown: STATUSES };
}
