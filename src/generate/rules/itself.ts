import type { Severity } from '../../core/severity.ts';

/** An alert about Outrider that Prometheus alone can give. */
interface OwnRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly severity: Severity;
  readonly summary: string;
}

const HERE = 'job="outrider"';
/** Of what counts by receiver: whether its last attempts failed for so long that OutriderReceiverDown has said it. */
const WAS_DOWN = 'avg_over_time(outrider_receiver_up[15m]) < 0.67';
const NOBODY_TOLD = 'max by (job, instance) (outrider_receiver_up{receiver!="heartbeat"}) == 0';

/** Series that rules and people use. */
export const RECORDINGS = [
  {
    record: 'job_instance:outrider_probe_delay_seconds:p99_5m',
    expr: 'histogram_quantile(0.99, sum by (job, instance, le) (rate(outrider_probe_delay_seconds_bucket[5m])))',
  },
  {
    record: 'job_instance_type_outcome:outrider_probes:rate5m',
    expr: 'sum by (job, instance, type, outcome) (rate(outrider_probes_total[5m]))',
  },
  {
    record: 'job_target_type:outrider_target_up:avg1h',
    expr: 'avg by (job, target, type) (avg_over_time(outrider_target_up[1h]))',
  },
] as const;

/** Each trouble is told by one of them: what follows from another is left out of it. */
export const OWN_RULES: readonly OwnRule[] = [
  {
    alert: 'OutriderDown',
    expr: `up{${HERE}} == 0`,
    for: '2m',
    severity: 'P1',
    summary: 'Prometheus cannot reach Outrider at {{ $labels.instance }}: nobody watches its targets',
  },
  {
    alert: 'OutriderAbsent',
    expr: `absent(up{${HERE}})`,
    for: '5m',
    severity: 'P1',
    summary: 'Prometheus has no scrape job "outrider": nobody watches its targets, or nobody would notice',
  },
  {
    alert: 'OutriderRestarting',
    expr: `changes(process_start_time_seconds{${HERE}}[15m]) > 2`,
    severity: 'P2',
    summary: 'Outrider at {{ $labels.instance }} has started {{ $value | humanize }} times in 15 minutes',
  },
  {
    alert: 'OutriderReloadFailed',
    expr: 'outrider_config_last_reload_successful == 0',
    for: '5m',
    severity: 'P2',
    summary: 'The config of Outrider at {{ $labels.instance }} has a mistake: it goes on with the last good one',
  },
  {
    alert: 'OutriderNotDelivering',
    expr: NOBODY_TOLD,
    for: '5m',
    severity: 'P1',
    summary: 'Outrider at {{ $labels.instance }} can tell nobody: each of its receivers fails',
  },
  {
    alert: 'OutriderReceiverDown',
    expr: `outrider_receiver_up == 0 unless on (job, instance) ${NOBODY_TOLD}`,
    for: '5m',
    severity: 'P2',
    summary: 'Outrider at {{ $labels.instance }} cannot tell {{ $labels.receiver }}',
  },
  {
    alert: 'OutriderNotificationsLost',
    // A counter that is new has no increase yet.
    expr: [
      'sum by (job, instance, receiver) (',
      '  increase(outrider_notifications_total{outcome=~"refused|dropped"}[15m]) > 0',
      '  or (outrider_notifications_total{outcome=~"refused|dropped"} unless outrider_notifications_total offset 15m)',
      `) > 0 unless on (job, instance, receiver) ${WAS_DOWN}`,
    ].join('\n'),
    severity: 'P2',
    summary:
      '{{ $labels.receiver }} refused what Outrider told it, or its queue was full: {{ $value | humanize }} in 15 minutes',
  },
  {
    alert: 'OutriderQueueGrowing',
    expr: [
      'min_over_time(outrider_notification_queue_length[10m]) > 100',
      'and deriv(outrider_notification_queue_length[10m]) > 0',
      'and on (job, instance, receiver) outrider_receiver_up == 1',
    ].join('\n'),
    for: '10m',
    severity: 'P2',
    summary: 'At least {{ $value | humanize }} notices wait for {{ $labels.receiver }}, and they become more',
  },
  {
    alert: 'OutriderScheduleLate',
    expr: [
      '(',
      '  job_instance:outrider_probe_delay_seconds:p99_5m > 1',
      '  or sum by (job, instance) (rate(outrider_probes_skipped_total{why="saturated"}[5m])) > 0',
      ') unless on (job, instance) outrider_alerts{alertname="OutriderImpaired"}',
    ].join('\n'),
    for: '10m',
    severity: 'P2',
    summary: 'Outrider at {{ $labels.instance }} does not keep its schedule: probes start late or are left out',
  },
  {
    alert: 'OutriderStoreFailing',
    expr: 'outrider_store_up == 0 unless on (job, instance) outrider_alerts{alertname="OutriderStoreFailing"}',
    for: '5m',
    severity: 'P1',
    summary: 'The store of Outrider at {{ $labels.instance }} takes nothing, and Outrider does not say so itself',
  },
  {
    alert: 'OutriderHistoryLost',
    expr: 'increase(outrider_history_lost_total[15m]) > 0 unless on (job, instance) outrider_store_up == 0',
    severity: 'P3',
    summary: 'Outrider at {{ $labels.instance }} gave up {{ $value | humanize }} entries of its history in 15 minutes',
  },
  {
    alert: 'OutriderInternalErrors',
    expr: 'sum by (job, instance, stage) (increase(outrider_internal_errors_total[15m])) > 0',
    severity: 'P2',
    summary: 'Outrider at {{ $labels.instance }} made {{ $value | humanize }} errors of its own in {{ $labels.stage }}',
  },
];

/** Prometheus repeats an end for 15 minutes, and would end what begins meanwhile and comes from Outrider alone. */
const LASTS = '20m';

/** When alerts fire that Outrider cannot tell: every Alertmanager is away and, where Outrider reaches people itself, every other receiver too. */
export const FALLBACK_RECORDINGS = [
  {
    record: 'service:outrider_receivers_up:max',
    expr: [
      'min by (service) (max by (job, instance, service) (',
      '  outrider_receiver_up{receiver=~"https?://.+"} * on (job, instance) group_left (service) outrider_sender_info{sender="outrider",pager=""}',
      '  or outrider_receiver_up{receiver!="heartbeat"} * on (job, instance) group_left (service) outrider_sender_info{sender="outrider",pager="outrider"}',
      '))',
    ].join('\n'),
  },
  {
    record: 'service:outrider_fallback:open',
    expr: [
      '(max_over_time(service:outrider_receivers_up:max[1m]) == bool 0) == 1',
      `or (max_over_time(service:outrider_fallback_alerts:count[${LASTS}]) > bool 0) == 1`,
    ].join('\n'),
  },
  {
    record: 'service:outrider_fallback_alerts:count',
    expr: 'count by (service) (outrider_alerts{state="firing"}) and on (service) service:outrider_fallback:open',
  },
] as const;
