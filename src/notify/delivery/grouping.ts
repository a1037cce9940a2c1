import type { DeliveryManner } from '../contract.ts';
import type { Desk } from './desk.ts';
import { openGroups } from './groups.ts';
import { openStream } from './stream.ts';

/** The keys of grouped receivers, as far as they are given; ms. */
export interface GroupSettings {
  readonly group_by?: readonly string[] | undefined;
  readonly group_wait?: number | undefined;
  readonly group_interval?: number | undefined;
  readonly repeat_interval?: number | undefined;
  readonly hold?: number | undefined;
}

/** As in Alertmanager, but that what wakes people is not kept waiting. */
const GROUP_WAIT_MS = 5000;
const GROUP_INTERVAL_MS = 5 * 60_000;
const REPEAT_MS = 4 * 3_600_000;

/** The desk of a receiver: groups for people, or a stream of single alerts. */
export function deskOf(
  { grouped, people, batch, resendMs, keepResolvedMs }: DeliveryManner,
  settings: GroupSettings,
): Desk {
  if (grouped !== true) return openStream({ batch, isRetold: resendMs !== undefined, keepResolvedMs });
  return openGroups({
    by: settings.group_by,
    waitMs: settings.group_wait ?? GROUP_WAIT_MS,
    gravestWaitMs: settings.group_wait ?? 0,
    intervalMs: settings.group_interval ?? GROUP_INTERVAL_MS,
    repeatMs: settings.repeat_interval ?? REPEAT_MS,
    batch,
    isForPeople: people === true,
  });
}
