import { decimal, fieldsLike, type Info, numberOf } from './info.ts';

/** A replica as its master sees it. */
export interface Replica {
  readonly ip: string;
  readonly port: string;
  readonly state: string;
  readonly offset: number | undefined;
  /** Seconds since it last acknowledged; only meaningful once it is `online`. */
  readonly lagSeconds: number | undefined;
}

/** The replicas that are connected to this server. */
export function replicasOf(info: Info): Replica[] {
  return Array.from(fieldsLike(info, /^(slave\d+)$/), ({ pairs }) => ({
    ip: pairs.get('ip') ?? '',
    port: pairs.get('port') ?? '',
    state: pairs.get('state') ?? '',
    offset: numberOf(pairs, 'offset'),
    lagSeconds: numberOf(pairs, 'lag'),
  }));
}

export const isReplica = (info: Info): boolean => info.get('role') === 'slave';
export const linkIsUp = (info: Info): boolean => info.get('master_link_status') === 'up';

/**
 * How far replication is behind, in seconds. On a replica: since it heard of its master; while the link is down, since it
 * went down, or since the start if it never was up. On a master: its worst online replica. Undefined without replication.
 */
export function replicationLagSeconds(info: Info): number | undefined {
  if (isReplica(info)) {
    if (linkIsUp(info)) return known(info, 'master_last_io_seconds_ago');
    return known(info, 'master_link_down_since_seconds') ?? known(info, 'uptime_in_seconds');
  }
  const lags = replicasOf(info)
    .filter((replica) => replica.state === 'online')
    .flatMap((replica) => replica.lagSeconds ?? []);
  return lags.length === 0 ? undefined : Math.max(...lags);
}

// Redis says -1 for "never" and "not while the link is down".
function known(info: Info, field: string): number | undefined {
  const seconds = decimal(info.get(field));
  return seconds === undefined || seconds < 0 ? undefined : seconds;
}
