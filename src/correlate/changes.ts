import type { Change, Deployment } from '../core/change.ts';

/** What changed in the last 24 h. Times are Unix epoch ms. */
export interface Changes {
  add(change: Change): void;
  /** Notes a deployment, which is a change too. */
  deploy(deployment: Omit<Deployment, 'id'>): Deployment;
  /** Deployments, newest first. */
  deployments(): readonly Deployment[];
  /** What changed in the 24 h before a moment and touched any of these targets, the nearest first. */
  before(atMs: number, targets: ReadonlySet<string>): readonly Change[];
  /** Until when a target may fail after its last deployment, undefined where no grace runs; its first success after the deployment ends it. */
  graceUntilMs(target: string, nowMs: number): number | undefined;
  /** A target was seen up. */
  succeeded(target: string, atMs: number): void;
}

/** How far back a cause is looked for. */
const BACK_MS = 24 * 3_600_000;

/** A flood of one kind of change costs no more than this; deployments are counted by themselves. */
const MOST_CHANGES = 1000;
const MOST_DEPLOYMENTS = 200;

/** Changes in memory; `newId` makes the ids of deployments. */
export function openChanges(newId: () => string): Changes {
  const others: Change[] = [];
  const deployments: Deployment[] = [];
  const deployed: Change[] = [];
  /** When each target was last seen up while a grace ran; empty most of the time. */
  const succeededAt = new Map<string, number>();
  let graceEndsMs = Number.NEGATIVE_INFINITY;

  return {
    add: (change) => insert(others, change, MOST_CHANGES),
    deploy(wanted) {
      const deployment = { id: newId(), ...wanted };
      insert(deployments, deployment, MOST_DEPLOYMENTS);
      insert(deployed, changeOf(deployment), MOST_DEPLOYMENTS);
      if (wanted.graceMs > 0) graceEndsMs = Math.max(graceEndsMs, wanted.atMs + wanted.graceMs);
      return deployment;
    },
    deployments: () => [...deployments],
    before(atMs, targets) {
      const found = [...within(others, atMs, targets), ...within(deployed, atMs, targets)];
      return found.length < 2 ? found : found.sort((a, b) => b.atMs - a.atMs);
    },
    graceUntilMs(target, nowMs) {
      if (nowMs >= graceEndsMs) return undefined;
      const last = deployments.find(({ atMs, targets }) => atMs <= nowMs && (targets?.includes(target) ?? true));
      if (last === undefined || nowMs >= last.atMs + last.graceMs) return undefined;
      return (succeededAt.get(target) ?? Number.NEGATIVE_INFINITY) >= last.atMs ? undefined : last.atMs + last.graceMs;
    },
    succeeded(target, atMs) {
      if (atMs < graceEndsMs) succeededAt.set(target, Math.max(atMs, succeededAt.get(target) ?? atMs));
      else if (succeededAt.size > 0) succeededAt.clear();
    },
  };
}

/** The newest first; of equally old ones that which came last. */
function insert<T extends { readonly atMs: number }>(list: T[], item: T, most: number): void {
  const at = list.findIndex(({ atMs }) => atMs <= item.atMs);
  list.splice(at === -1 ? list.length : at, 0, item);
  if (list.length > most) list.pop();
}

/** Asked for every alert of a storm: looks at no change that is too old. */
function within(newestFirst: readonly Change[], atMs: number, targets: ReadonlySet<string>): readonly Change[] {
  const found: Change[] = [];
  for (const change of newestFirst) {
    if (change.atMs <= atMs - BACK_MS) break;
    if (change.atMs <= atMs && touches(change, targets)) found.push(change);
  }
  return found;
}

const touches = ({ targets }: Change, asked: ReadonlySet<string>): boolean =>
  targets === undefined || targets.some((target) => asked.has(target));

function changeOf({ service, version, atMs, by, url, targets }: Deployment): Change {
  const what = service === undefined ? version : `${service} ${version}`;
  const text = `deployment of ${what}${by === undefined ? '' : ` by ${by}`}`;
  return { kind: 'deployment', atMs, text, targets, ...(url === undefined ? {} : { url }) };
}
