import { chosen, headOf, present, seriesPanel } from './head.ts';
import { measurePanel } from './measure-panel.ts';
import type { Section } from './panel.ts';
import type { Subject } from './subject.ts';

/** What is shown of Kafka and what speaks its protocol. */
export const kafkaSections = (subject: Subject): readonly Section[] => [
  headOf(subject),
  {
    title: 'Consumer groups',
    panels: present([
      measurePanel(subject, ['lag'], { title: 'Messages that a group has yet to read', least: 0 }),
      worst(subject),
      measurePanel(subject, ['group_members'], { title: 'Consumers in a group', least: 0 }),
      measurePanel(subject, ['group_state'], { title: 'State of groups' }),
    ]),
  },
  {
    title: 'Throughput',
    panels: present([produced(subject), consumed(subject)]),
  },
  {
    title: 'Cluster',
    panels: present([
      measurePanel(subject, ['brokers'], { title: 'Brokers alive', width: 8, least: 0 }),
      measurePanel(subject, ['under_replicated_partitions'], {
        title: 'Under-replicated partitions',
        width: 8,
        least: 0,
      }),
      measurePanel(subject, ['offline_partitions'], { title: 'Partitions without a leader', width: 8, least: 0 }),
    ]),
  },
];

const worst = (subject: Subject) =>
  seriesPanel(subject, {
    kind: 'bargauge',
    title: 'Partitions that lag most',
    description:
      'The ten partitions with the most messages yet to read: one that stands out has a key, or a consumer, of its own.',
    queries: [
      {
        expr: `topk(10, max by (target, consumergroup, topic, partition) (${chosen('kafka_consumergroup_lag')}))`,
        legend: '{{consumergroup}} {{topic}}/{{partition}}',
        isNow: true,
      },
    ],
    unit: 'short',
    least: 0,
    steps: [{ from: undefined, color: 'blue' }],
  });

const produced = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Messages written',
    description: 'Messages per second that were written to each topic: how its end offsets grow.',
    queries: [
      {
        expr: `sum by (target, topic) (max by (target, topic, partition) (rate(${chosen('kafka_topic_partition_current_offset', 'topic!~"__.*"')}[$__rate_interval])))`,
        legend: '{{target}} {{topic}}',
      },
    ],
    unit: 'cps',
    least: 0,
  });

const consumed = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Messages read',
    description: 'Messages per second that each group committed as read.',
    queries: [
      {
        expr: `sum by (target, consumergroup, topic) (max by (target, consumergroup, topic, partition) (rate(${chosen('kafka_consumergroup_current_offset')}[$__rate_interval])))`,
        legend: '{{target}} {{consumergroup}} {{topic}}',
      },
    ],
    unit: 'cps',
    least: 0,
  });
