import { dashboardOf } from './board.ts';
import { conditionsSection } from './conditions.ts';
import type { Frame } from './frame.ts';
import { chosen } from './head.ts';
import { httpSections } from './http.ts';
import { kafkaSections } from './kafka.ts';
import { outriderSections } from './outrider.ts';
import { MARKS, type Overall, overviewSections } from './overview.ts';
import { ownSection, plainSections } from './own.ts';
import type { Board, Mark, Section } from './panel.ts';
import { postgresSections } from './postgres.ts';
import { redisSections } from './redis.ts';
import { alertsSection } from './runbooks.ts';
import type { Subject } from './subject.ts';

/** A set of dashboards: what they are made of, and what is the same on all. */
export interface DashboardSet extends Overall {
  readonly frame: Frame;
}

/** Types with a layout of their own; any other shows its measures as they come. */
const LAYOUTS: Readonly<Record<string, (subject: Subject) => readonly Section[]>> = {
  http: httpSections,
  postgres: postgresSections,
  redis: redisSections,
  kafka: kafkaSections,
};

/** When services began to run, where their exporters' names tell. */
const STARTED: Readonly<Record<string, string>> = {
  postgres: 'pg_postmaster_start_time_seconds',
  redis: 'redis_start_time_seconds',
};

/** The files of a set: name without a folder → the JSON that Grafana imports. */
export function dashboardFiles(set: DashboardSet): Readonly<Record<string, string>> {
  const boards = [overview(set), ...set.subjects.map((subject) => boardOf(subject, set.frame)), self(set.frame)];
  return Object.fromEntries(
    boards.map((board) => [`${board.name}.json`, `${JSON.stringify(dashboardOf(board, set.frame), null, 2)}\n`]),
  );
}

const titled = ({ service }: Frame, name: string): string =>
  service === undefined ? `Outrider / ${name}` : `Outrider / ${service} / ${name}`;

const overview = (set: DashboardSet): Board => ({
  name: 'overview',
  title: titled(set.frame, 'Overview'),
  description: 'What is broken, since when, how bad.',
  type: undefined,
  chooses: 'targets',
  sections: overviewSections(set),
  marks: MARKS,
});

function boardOf(subject: Subject, frame: Frame): Board {
  const layout = LAYOUTS[subject.type] ?? plainSections;
  const started = STARTED[subject.type];
  const restarts: readonly Mark[] =
    started === undefined || !subject.exporterNames
      ? []
      : [
          {
            name: 'Restarts',
            expr: `1000 * max by (target) (${chosen(started)})`,
            color: 'blue',
            title: 'restarted',
            text: '{{target}}',
            isMoment: true,
          },
        ];
  return {
    name: subject.type,
    title: titled(frame, subject.title),
    description: `What Outrider measures of ${subject.title}, with the thresholds of its alerts.`,
    type: subject.type,
    chooses: 'targets',
    sections: [...layout(subject), ...ownSection(subject), ...conditionsSection(subject), ...alertsSection(subject)],
    marks: [...MARKS, ...restarts],
  };
}

const self = (frame: Frame): Board => ({
  name: 'outrider',
  title: titled(frame, 'Outrider itself'),
  description: 'Whether Outrider itself works: its schedule, its deliveries, its process.',
  type: undefined,
  chooses: 'instances',
  sections: outriderSections(),
  marks: [
    {
      name: 'Config read',
      expr: '1000 * max by (instance) (outrider_config_last_reload_success_timestamp_seconds{instance=~"$instance"})',
      color: 'blue',
      title: 'config read',
      text: '{{instance}}',
      isMoment: true,
    },
  ],
});
