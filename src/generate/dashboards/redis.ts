import { chosen, headOf, present, seriesPanel } from './head.ts';
import { measurePanel } from './measure-panel.ts';
import type { Section } from './panel.ts';
import type { Subject } from './subject.ts';

/** What is shown of Redis and Valkey. */
export const redisSections = (subject: Subject): readonly Section[] => [
  headOf(subject),
  {
    title: 'Memory',
    panels: present([
      measurePanel(subject, ['memory_used_ratio'], { title: 'Memory in use, of its limit', most: 1 }),
      measurePanel(subject, ['memory_used'], { title: 'Memory in use', least: 0 }),
      measurePanel(subject, ['evicted'], { title: 'Keys evicted', width: 8, least: 0 }),
      measurePanel(subject, ['fragmentation'], { width: 8, least: 0 }),
      measurePanel(subject, ['eviction'], { title: 'What it may evict', width: 8 }),
    ]),
  },
  {
    title: 'Clients',
    panels: present([
      measurePanel(subject, ['clients', 'blocked_clients'], { title: 'Clients', width: 8, least: 0 }),
      measurePanel(subject, ['clients_used'], { title: 'Clients, of maxclients', width: 8, most: 1 }),
      measurePanel(subject, ['rejected_connections'], { title: 'Connections turned away', width: 8, least: 0 }),
    ]),
  },
  {
    title: 'Work',
    panels: present([
      measurePanel(subject, ['operations'], { title: 'Commands per second', least: 0 }),
      byCommand(subject),
      measurePanel(subject, ['hit_ratio'], { title: 'Reads that found their key', width: 8, most: 1 }),
      measurePanel(subject, ['keys'], { width: 8, least: 0 }),
      slow(subject),
    ]),
  },
  {
    title: 'Safety of the data',
    panels: present([
      saved(subject),
      measurePanel(subject, ['replication_lag'], { title: 'Behind its master, or its slowest replica', least: 0 }),
    ]),
  },
];

const byCommand = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Time spent by command',
    description: 'Seconds of work per second, for the commands that take at least a two-thousandth of the time.',
    queries: [
      {
        expr: `sum by (target, cmd) (rate(${chosen('redis_commands_duration_seconds_total')}[$__rate_interval])) > 0.0005`,
        legend: '{{target}} {{cmd}}',
      },
    ],
    unit: 'percentunit',
    least: 0,
    isStacked: true,
  });

const slow = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Slow log',
    description: 'Commands that were slower than slowlog-log-slower-than, per minute.',
    queries: [
      {
        expr: `60 * max by (target) (rate(${chosen('redis_slowlog_last_id')}[$__rate_interval]))`,
        legend: '{{target}}',
      },
    ],
    unit: 'cpm',
    width: 8,
    least: 0,
  });

function saved(subject: Subject) {
  const panel = measurePanel(subject, ['last_save_ok'], { title: 'Last save to disk' });
  const shown = [
    { value: '0', text: 'failed', color: 'red' },
    { value: '1', text: 'ok', color: 'green' },
  ];
  return panel === undefined ? undefined : { ...panel, kind: 'state-timeline' as const, unit: 'none', shown };
}
