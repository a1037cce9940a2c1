import { describe, expect, it } from 'vitest';
import { parseInfo } from '../../../src/probe/redis/info.ts';
import { replicationLagSeconds } from '../../../src/probe/redis/replication.ts';

const REPLICA = 'role:slave\nuptime_in_seconds:1000\n';

describe('replicationLagSeconds', () => {
  it.each([
    ['a replica: since it heard of its master', `${REPLICA}master_link_status:up\nmaster_last_io_seconds_ago:4`, 4],
    [
      'a replica whose link is down: since it went down',
      `${REPLICA}master_link_status:down\nmaster_last_io_seconds_ago:-1\nmaster_link_down_since_seconds:90`,
      90,
    ],
    [
      'a replica that never reached its master: since it started',
      `${REPLICA}master_link_status:down\nmaster_last_io_seconds_ago:-1\nmaster_link_down_since_seconds:-1`,
      1000,
    ],
    [
      'a master: its worst replica',
      'role:master\nslave0:ip=a,port=1,state=online,offset=9,lag=1\nslave1:ip=b,port=1,state=online,offset=5,lag=12',
      12,
    ],
    [
      'a master: without those that are still being synchronised',
      'role:master\nslave0:ip=a,port=1,state=wait_bgsave,offset=0,lag=0',
      undefined,
    ],
    ['a master without replicas', 'role:master\nconnected_slaves:0', undefined],
    ['a server that tells nothing', '', undefined],
  ])('of %s', (_, info, expected) => {
    expect(replicationLagSeconds(parseInfo(info))).toBe(expected);
  });
});
