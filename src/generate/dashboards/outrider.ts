import type { Panel, Section } from './panel.ts';

const OWN = 'instance=~"$instance"';
const TRANSPARENT = [{ from: undefined, color: 'transparent' }];

const plot = (panel: Pick<Panel, 'title' | 'description' | 'queries' | 'unit'> & Partial<Panel>): Panel => ({
  kind: 'timeseries',
  width: 8,
  height: 8,
  least: 0,
  steps: TRANSPARENT,
  ...panel,
});

const one = (expr: string, legend: string) => [{ expr, legend }];
const rate = (metric: string, matchers = ''): string =>
  `rate(${metric}{${OWN}${matchers === '' ? '' : `,${matchers}`}}[$__rate_interval])`;
const quantile = (share: number, metric: string): string =>
  `histogram_quantile(${share}, sum by (instance, le) (rate(${metric}_bucket{${OWN}}[15m])))`;

/** What is shown of Outrider itself. */
export const outriderSections = (): readonly Section[] => [
  { title: 'Does it work', panels: [health, version, targets, alerts] },
  { title: 'Schedule', panels: [probes, late, skipped] },
  { title: 'Delivery', panels: [receivers, attempts, queue, delay] },
  { title: 'Process', panels: [cpu, memory, loop, descriptors, internal, history] },
];

const bad = (title: string, expr: string) => ({ expr, legend: title, isNow: true });

const health: Panel = {
  kind: 'stat',
  title: 'Its own health',
  description:
    'Whether Prometheus reaches it, the config is good, the store takes commits, every receiver was reached, and no error of its own was caught in the last hour. Anything but OK deserves a look into its log.',
  queries: [
    bad('Config', `min(outrider_config_last_reload_successful{${OWN}})`),
    bad('Store', `min(outrider_store_up{${OWN}})`),
    bad('History', `min(outrider_history_up{${OWN}})`),
    bad('Receivers', `min(outrider_receiver_up{${OWN}}) or vector(1)`),
    bad('Own code', `sum(increase(outrider_internal_errors_total{${OWN}}[1h])) == bool 0`),
  ],
  unit: 'none',
  width: 12,
  height: 5,
  steps: [
    { from: undefined, color: 'red' },
    { from: 1, color: 'green' },
  ],
  shown: [
    { value: '0', text: 'failing', color: 'red' },
    { value: '1', text: 'OK', color: 'green' },
  ],
};

const version: Panel = {
  kind: 'table',
  title: 'What runs',
  description: 'Version, revision and Node of each instance, and when it read a good config last.',
  queries: [
    {
      expr: `max by (instance, version, revision, nodeversion) (outrider_build_info{${OWN}})`,
      legend: 'build',
      isNow: true,
    },
    {
      expr: `1000 * max by (instance) (outrider_config_last_reload_success_timestamp_seconds{${OWN}})`,
      legend: 'config',
      isNow: true,
    },
    {
      expr: `1000 * max by (instance) (process_start_time_seconds{${OWN}} and on (instance) outrider_build_info)`,
      legend: 'started',
      isNow: true,
    },
  ],
  unit: 'short',
  width: 12,
  height: 5,
  joinBy: 'instance',
  columns: [
    { field: 'instance', title: 'Instance' },
    { field: 'version', title: 'Version', width: 90 },
    { field: 'revision', title: 'Revision', width: 110 },
    { field: 'nodeversion', title: 'Node', width: 100 },
    { field: 'Value #B', title: 'Config read', unit: 'dateTimeFromNow', width: 140 },
    { field: 'Value #C', title: 'Started', unit: 'dateTimeFromNow', width: 140 },
  ],
};

const targets = plot({
  title: 'Targets by verdict',
  description: 'How many targets it watches: up, down, and without a verdict.',
  queries: [
    { expr: `sum(outrider_target_up{${OWN}})`, legend: 'up' },
    { expr: `sum(1 - outrider_target_up{${OWN}})`, legend: 'down' },
    { expr: `count(outrider_target_info{${OWN}}) - count(outrider_target_up{${OWN}})`, legend: 'nobody knows' },
  ],
  unit: 'short',
  width: 12,
  isStacked: true,
});

const alerts = plot({
  title: 'Alerts by state',
  description: 'How many alerts are pending, firing, suppressed as symptoms, and silenced.',
  queries: ['pending', 'firing', 'suppressed', 'silenced'].map((state) => ({
    expr: `count(outrider_alerts{${OWN},state="${state}"}) or vector(0)`,
    legend: state,
  })),
  unit: 'short',
  width: 12,
  isStacked: true,
});

const probes = plot({
  title: 'Probes',
  description: 'Probes per second, by type and outcome.',
  queries: one(`sum by (type, outcome) (${rate('outrider_probes_total')})`, '{{type}} {{outcome}}'),
  unit: 'cps',
  isStacked: true,
});

const late = plot({
  title: 'How late probes start',
  description:
    'Half and 99 % of the scheduled probes of 15 minutes started at most this late. More than a second: it is too busy, or the machine is.',
  queries: [0.5, 0.99].map((share) => ({
    expr: quantile(share, 'outrider_probe_delay_seconds'),
    legend: `p${share * 100} {{instance}}`,
  })),
  unit: 's',
});

const skipped = plot({
  title: 'Turns left out',
  description:
    'Turns per second that were left out: the probe before still ran (overlap), or too many ran at a time (saturated).',
  queries: one(`sum by (instance, why) (${rate('outrider_probes_skipped_total')})`, '{{why}} {{instance}}'),
  unit: 'cps',
});

const receivers: Panel = {
  ...plot({
    title: 'Receivers',
    description: 'Whether the last attempt to tell each receiver succeeded.',
    queries: one(`min by (receiver) (outrider_receiver_up{${OWN}})`, '{{receiver}}'),
    unit: 'none',
    width: 6,
    empty: 'The config has none',
    shown: [
      { value: '0', text: 'failing', color: 'red' },
      { value: '1', text: 'reached', color: 'green' },
    ],
  }),
  kind: 'state-timeline',
};

const attempts = plot({
  title: 'Attempts to tell',
  description: 'Attempts per second to tell a receiver, by outcome.',
  queries: one(`sum by (receiver, outcome) (${rate('outrider_notifications_total')})`, '{{receiver}} {{outcome}}'),
  unit: 'cps',
  width: 6,
});

const queue = plot({
  title: 'Notices that wait',
  description:
    'Notices that wait for a receiver. They are kept over a restart; a queue that only grows reaches nobody.',
  queries: one(`sum by (receiver) (outrider_notification_queue_length{${OWN}})`, '{{receiver}}'),
  unit: 'short',
  width: 6,
});

const delay = plot({
  title: 'Time to deliver',
  description: 'From a notice to its delivery: half and 99 % of those of 15 minutes took at most this long.',
  queries: [0.5, 0.99].map((share) => ({
    expr: quantile(share, 'outrider_notification_delay_seconds'),
    legend: `p${share * 100} {{instance}}`,
  })),
  unit: 's',
  width: 6,
});

const ofOutrider = (metric: string): string => `${metric}{${OWN}} and on (instance) outrider_build_info`;

const cpu = plot({
  title: 'CPU',
  description: 'Share of one core that it uses.',
  queries: one(`${rate('process_cpu_seconds_total')} and on (instance) outrider_build_info`, '{{instance}}'),
  unit: 'percentunit',
});

const memory = plot({
  title: 'Memory',
  description: 'Resident memory, and the heap that is in use.',
  queries: [
    { expr: ofOutrider('process_resident_memory_bytes'), legend: 'resident {{instance}}' },
    { expr: ofOutrider('nodejs_heap_size_used_bytes'), legend: 'heap {{instance}}' },
  ],
  unit: 'bytes',
});

const loop = plot({
  title: 'Delay of its event loop',
  description:
    'Half and 99 % of turns of the event loop were at most this late. From half a second on it holds back verdicts rather than blaming targets.',
  queries: [
    { expr: ofOutrider('nodejs_eventloop_lag_p50_seconds'), legend: 'p50 {{instance}}' },
    { expr: ofOutrider('nodejs_eventloop_lag_p99_seconds'), legend: 'p99 {{instance}}' },
  ],
  unit: 's',
});

const descriptors = plot({
  title: 'Open files and connections',
  description: 'File descriptors that are open, sockets among them, and how many may be.',
  queries: [
    { expr: ofOutrider('process_open_fds'), legend: 'open {{instance}}' },
    { expr: ofOutrider('process_max_fds'), legend: 'most {{instance}}', color: 'red', isLine: true },
  ],
  unit: 'short',
});

const internal = plot({
  title: 'Errors of its own code',
  description:
    'Errors per second that were caught at the edge of a stage. Each is a bug: it stands in the log with its cause.',
  queries: one(`sum by (stage) (${rate('outrider_internal_errors_total')})`, '{{stage}}'),
  unit: 'cps',
});

const history = plot({
  title: 'History given up',
  description: 'Minutes and changes of state per second that the store did not take.',
  queries: one(`sum by (instance) (${rate('outrider_history_lost_total')})`, '{{instance}}'),
  unit: 'cps',
});
