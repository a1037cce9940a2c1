import type { Labels } from '../../core/labels.ts';
import type { Sample } from '../../core/result.ts';
import { decimal, fieldsLike, type Info, numberOf } from './info.ts';
import { isReplica, linkIsUp, replicasOf } from './replication.ts';
import { INFO_SERIES } from './series.ts';

/** Everything that redis_exporter makes of INFO and that is no measure; `nowMs` is Unix time. */
export function exposedOf(info: Info, nowMs: number): Sample[] {
  return [
    ...plain(info),
    ...instance(info, nowMs),
    ...(isReplica(info) ? link(info) : []),
    ...replicas(info),
    ...databases(info),
    ...commands(info),
    ...errors(info),
  ];
}

function plain(info: Info): Sample[] {
  return INFO_SERIES.flatMap(({ field, spec, divisor }) => {
    const value = state(info.get(field));
    return value === undefined ? [] : [{ name: spec.name, value: value / (divisor ?? 1) }];
  });
}

const WORDS: Readonly<Record<string, number>> = { ok: 1, up: 1, err: 0, fail: 0, down: 0 };
const state = (text: string | undefined) => decimal(text) ?? (text === undefined ? undefined : WORDS[text]);

function instance(info: Info, nowMs: number): Sample[] {
  const uptime = numberOf(info, 'uptime_in_seconds');
  const text = (field: string) => info.get(field) ?? '';
  const labels = {
    role: text('role'),
    redis_version: text('redis_version'),
    redis_build_id: text('redis_build_id'),
    redis_mode: info.get('redis_mode') ?? text('server_mode'),
    os: text('os'),
    maxmemory_policy: text('maxmemory_policy'),
    tcp_port: text('tcp_port'),
    run_id: text('run_id'),
    process_id: text('process_id'),
  };
  return [
    { name: 'redis_instance_info', value: 1, labels },
    ...(uptime === undefined ? [] : [{ name: 'redis_start_time_seconds', value: Math.floor(nowMs / 1000) - uptime }]),
  ];
}

function link(info: Info): Sample[] {
  const labels = { master_host: info.get('master_host') ?? '', master_port: info.get('master_port') ?? '' };
  return [
    { name: 'redis_slave_info', value: 1, labels: { ...labels, read_only: info.get('slave_read_only') ?? '' } },
    { name: 'redis_master_link_up', value: linkIsUp(info) ? 1 : 0, labels },
    ...some('redis_master_last_io_seconds_ago', numberOf(info, 'master_last_io_seconds_ago'), labels),
    ...some('redis_master_sync_in_progress', numberOf(info, 'master_sync_in_progress'), labels),
    ...some('redis_slave_repl_offset', numberOf(info, 'slave_repl_offset'), labels),
  ];
}

function replicas(info: Info): Sample[] {
  return replicasOf(info).flatMap((replica) => {
    const labels = { slave_ip: replica.ip, slave_port: replica.port, slave_state: replica.state };
    return [
      ...some('redis_connected_slave_offset_bytes', replica.offset, labels),
      ...some('redis_connected_slave_lag_seconds', replica.lagSeconds, labels),
    ];
  });
}

function databases(info: Info): Sample[] {
  return Array.from(fieldsLike(info, /^(db\d+)$/)).flatMap(({ key, pairs }) => {
    const ttlMs = numberOf(pairs, 'avg_ttl');
    return [
      ...some('redis_db_keys_expiring', numberOf(pairs, 'expires'), { db: key }),
      ...some('redis_db_avg_ttl_seconds', ttlMs === undefined ? undefined : ttlMs / 1000, { db: key }),
    ];
  });
}

function commands(info: Info): Sample[] {
  return Array.from(fieldsLike(info, /^cmdstat_(.+)$/)).flatMap(({ key, pairs }) => {
    const microseconds = numberOf(pairs, 'usec');
    const seconds = microseconds === undefined ? undefined : microseconds / 1e6;
    return [
      ...some('redis_commands_total', numberOf(pairs, 'calls'), { cmd: key }),
      ...some('redis_commands_duration_seconds_total', seconds, { cmd: key }),
      ...some('redis_commands_failed_calls_total', numberOf(pairs, 'failed_calls'), { cmd: key }),
      ...some('redis_commands_rejected_calls_total', numberOf(pairs, 'rejected_calls'), { cmd: key }),
    ];
  });
}

// A script may raise an error of any name: as a label only Redis' own codes are let through.
const ERROR_CODES: ReadonlySet<string> = new Set(
  (
    'ASK BUSY BUSYGROUP BUSYKEY CLUSTERDOWN CROSSSLOT DENIED ERR EXECABORT INPROG IOERR LOADING MASTERDOWN MISCONF MOVED ' +
    'NOADDR NOAUTH NOGOODSLAVE NOGROUP NOMASTERLINK NOPERM NOPROTO NOREPLICAS NOSCRIPT NOSUB NOTBUSY NOTREADY OOM ' +
    'READONLY TRYAGAIN UNBLOCKED UNKILLABLE WRONGPASS WRONGTYPE'
  ).split(' '),
);

function errors(info: Info): Sample[] {
  return Array.from(fieldsLike(info, /^errorstat_([A-Z]+)$/)).flatMap(({ key, pairs }) =>
    ERROR_CODES.has(key) ? some('redis_errors_total', numberOf(pairs, 'count'), { err: key }) : [],
  );
}

const some = (name: string, value: number | undefined, labels: Labels): Sample[] =>
  value === undefined ? [] : [{ name, value, labels }];
