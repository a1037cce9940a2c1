import { type Info, numberOf } from './info.ts';
import { evictionOf } from './measures.ts';
import { isReplica, linkIsUp, replicasOf, replicationLagSeconds } from './replication.ts';

/** What INFO tells a person about the state of a server, short; without any name of a key or client. */
export function evidenceOf(info: Info): Record<string, string> {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['version', version(info)],
    ['role', role(info)],
    ['clients', clientsText(info)],
    ['replication', replication(info)],
    ['persistence', persistence(info)],
    ['memory', memory(info)],
  ];
  return Object.fromEntries(facts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

/** `9998 of 10000`, or undefined where the server does not tell. */
export function clientsText(info: Info): string | undefined {
  const clients = info.get('connected_clients');
  const most = info.get('maxclients');
  return clients === undefined ? undefined : most === undefined ? clients : `${clients} of ${most}`;
}

function version(info: Info): string | undefined {
  const valkey = info.get('valkey_version');
  const redis = info.get('redis_version');
  return valkey !== undefined ? `Valkey ${valkey}` : redis !== undefined ? `Redis ${redis}` : undefined;
}

function role(info: Info): string | undefined {
  if (!isReplica(info)) return info.get('role');
  const kind = info.get('slave_read_only') === '0' ? 'writable replica' : 'read-only replica';
  return `${kind} of ${masterOf(info)}`;
}

const masterOf = (info: Info) => `${info.get('master_host')}:${info.get('master_port')}`;

function replication(info: Info): string | undefined {
  if (isReplica(info)) return linkIsUp(info) ? undefined : linkDown(info);
  const behind = replicasOf(info).filter((replica) => replica.state !== 'online');
  return behind.length === 0 ? undefined : behind.map((each) => `${each.ip}:${each.port} ${each.state}`).join(', ');
}

function linkDown(info: Info): string {
  const seconds = replicationLagSeconds(info);
  return `link to ${masterOf(info)} down${seconds === undefined ? '' : ` for ${seconds} s`}`;
}

const FAILURES = {
  rdb_last_bgsave_status: 'the last snapshot failed',
  aof_last_write_status: 'the last write to the append-only file failed',
  aof_last_bgrewrite_status: 'the last rewrite of the append-only file failed',
} as const;

function persistence(info: Info): string | undefined {
  const failed = Object.entries(FAILURES).flatMap(([field, text]) => (info.get(field) === 'err' ? [text] : []));
  return failed.length === 0 ? undefined : failed.join('; ');
}

/**
 * A server at its limit that may not evict still answers PING and reads: it is up, refuses writes (OOM), and its alert
 * is RedisMemoryExhausted.
 */
function memory(info: Info): string | undefined {
  const used = numberOf(info, 'used_memory');
  const most = numberOf(info, 'maxmemory');
  if (used === undefined || most === undefined || most === 0 || used < most || evictionOf(info) !== 'none')
    return undefined;
  return `${used} of ${most} bytes used: writes are refused (OOM)`;
}

/** What INFO adds to the message of a server that refuses to serve, by the code of its refusal. */
export function detailOf(code: string, info: Info): string | undefined {
  if (code === 'MASTERDOWN') return linkDown(info);
  if (code === 'MISCONF') return persistence(info);
  if (code === 'LOADING' && info.get('loading') === '1')
    return `${info.get('loading_loaded_perc') ?? '?'} % done, about ${info.get('loading_eta_seconds') ?? '?'} s left`;
  return undefined;
}
