import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { SKIP_WHYS } from '../core/result.ts';
import { type Block, formatValue } from './exposition.ts';
import { labelText } from './shape.ts';

/** Default metrics that `promtool check metrics` objects to: gauges named `_total`, and two with a type in the name. */
const REFUSED_BY_PROMTOOL = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_summary',
  'nodejs_eventloop_utilization_histogram',
];
/** The library's 10 ms would wake an idle process a hundred times a second. */
const LOOP_DELAY_RESOLUTION_MS = 100;

/** Where an error of Outrider's own is caught: one boundary each. */
export const FLOWS = ['pipeline', 'tick', 'reload', 'schedule', 'receive', 'restore', 'stray'] as const;
export type Flow = (typeof FLOWS)[number];

/** Outrider's own metrics: what it does, not what it watches. */
export interface OwnMetrics {
  readonly probes: Counter<'type' | 'outcome'>;
  readonly probeDelaySeconds: Histogram;
  readonly skipped: Counter<'why'>;
  readonly notifications: Counter<'receiver' | 'outcome'>;
  readonly queueLength: Gauge<'receiver'>;
  readonly notificationDelaySeconds: Histogram;
  readonly receiverUp: Gauge<'receiver'>;
  readonly sender: Gauge<'service' | 'sender' | 'pager'>;
  readonly storeUp: Gauge;
  readonly historyUp: Gauge;
  readonly historyLost: Counter;
  readonly reloadSuccessful: Gauge;
  readonly reloadSuccessTimestampSeconds: Gauge;
  readonly internalErrors: Counter<'stage'>;
  readonly clockSteps: Counter;
  blocks(): Promise<readonly Block[]>;
}

export interface Build {
  readonly version: string;
  readonly revision: string;
}

/** A registry of its own with everything that Outrider says of itself. */
export function openOwnMetrics(build: Build): OwnMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_DELAY_RESOLUTION_MS });
  for (const name of REFUSED_BY_PROMTOOL) registry.removeSingleMetric(name);
  const info = new Gauge({
    name: 'outrider_build_info',
    help: 'What runs here.',
    labelNames: ['version', 'revision', 'nodeversion'],
    registers,
  });
  info.set({ ...build, nodeversion: process.versions.node }, 1);
  const skipped = new Counter({
    name: 'outrider_probes_skipped_total',
    help: 'Turns that were left out: the one before still ran (overlap) or waited (saturated).',
    labelNames: ['why'],
    registers,
  });
  const internalErrors = new Counter({
    name: 'outrider_internal_errors_total',
    help: 'Errors of Outrider’s own code that were caught at the edge of a stage.',
    labelNames: ['stage'],
    registers,
  });
  // From 0, so that `increase` sees the first one.
  for (const why of SKIP_WHYS) skipped.inc({ why }, 0);
  for (const stage of FLOWS) internalErrors.inc({ stage }, 0);
  const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
  return {
    probes: new Counter({
      name: 'outrider_probes_total',
      help: 'Probes by type and outcome.',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    probeDelaySeconds: new Histogram({
      name: 'outrider_probe_delay_seconds',
      help: 'How late scheduled probes start.',
      buckets,
      registers,
    }),
    skipped,
    notifications: new Counter({
      name: 'outrider_notifications_total',
      help: 'Attempts to tell a receiver, by outcome.',
      labelNames: ['receiver', 'outcome'],
      registers,
    }),
    queueLength: new Gauge({
      name: 'outrider_notification_queue_length',
      help: 'Notices that wait for a receiver.',
      labelNames: ['receiver'],
      registers,
    }),
    notificationDelaySeconds: new Histogram({
      name: 'outrider_notification_delay_seconds',
      help: 'From a notice to its delivery.',
      buckets: [...buckets, 10, 60, 300, 3600],
      registers,
    }),
    receiverUp: new Gauge({
      name: 'outrider_receiver_up',
      help: 'Whether the last attempt to tell a receiver succeeded.',
      labelNames: ['receiver'],
      registers,
    }),
    sender: new Gauge({
      name: 'outrider_sender_info',
      help: 'Who tells Alertmanager (outrider, prometheus or nobody), and the label `pager` of alerts there.',
      labelNames: ['service', 'sender', 'pager'],
      registers,
    }),
    storeUp: new Gauge({
      name: 'outrider_store_up',
      help: 'Whether the store took the last commit.',
      registers,
    }),
    historyUp: new Gauge({
      name: 'outrider_history_up',
      help: 'Whether the store takes history; 0 also where none is kept.',
      registers,
    }),
    historyLost: new Counter({
      name: 'outrider_history_lost_total',
      help: 'Minutes and changes of state that were given up because the store did not take them.',
      registers,
    }),
    reloadSuccessful: new Gauge({
      name: 'outrider_config_last_reload_successful',
      help: 'Whether the config was good when it was last read.',
      registers,
    }),
    reloadSuccessTimestampSeconds: new Gauge({
      name: 'outrider_config_last_reload_success_timestamp_seconds',
      help: 'When a good config was last read.',
      registers,
    }),
    internalErrors,
    clockSteps: new Counter({
      name: 'outrider_clock_steps_total',
      help: 'How often the wall clock was set by a second or more, or the machine slept.',
      registers,
    }),
    blocks: () => ownBlocks(registry),
  };
}

type Snapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];
interface SnapshotValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

async function ownBlocks(registry: Registry): Promise<readonly Block[]> {
  const snapshots = await registry.getMetricsAsJSON();
  return snapshots.map(toBlock);
}

function toBlock(metric: Snapshot): Block {
  const kind = String(metric.type);
  const values: readonly SnapshotValue[] = 'values' in metric ? (metric.values as readonly SnapshotValue[]) : [];
  return {
    name: metric.name,
    help: metric.help,
    kind: kind === 'counter' || kind === 'histogram' ? kind : kind === 'summary' ? 'untyped' : 'gauge',
    lines: () => values.map((value) => line(value.metricName ?? metric.name, value)),
  };
}

function line(name: string, { labels, value }: SnapshotValue): string {
  const texts: Record<string, string> = {};
  for (const [label, text] of Object.entries(labels))
    if (text !== undefined) texts[label] = text === Infinity ? '+Inf' : String(text);
  const inner = labelText(texts).slice(1);
  return inner === '' ? `${name} ${formatValue(value)}` : `${name}{${inner}} ${formatValue(value)}`;
}
