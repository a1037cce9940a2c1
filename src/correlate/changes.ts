import type { Change, Deployment } from '../core/change.ts';

/** What changed in the last 24 h. Times are Unix epoch ms. */
export interface Changes {
  add(change: Change): void;
  /** Notes a deployment, which is a change too. */
  deploy(deployment: Omit<Deployment, 'id'>): Deployment;
  /** Takes deployments from before a restart in place of all, newest first. */
  restore(deployments: readonly Deployment[]): void;
  /** Deployments, newest first. */
  deployments(): readonly Deployment[];
  /** What changed in the 24 h before a moment and touched any of these targets, the nearest first. */
  before(atMs: number, targets: ReadonlySet<string>): readonly Change[];
  /**
   * Until when a target may fail after its last deployment, undefined where no grace runs. What still answers before it is
   * replaced ends no grace: it ends with the first success after a failure, and then for good.
   */
  graceUntilMs(target: string, nowMs: number): number | undefined;
  /** A target answered, or did not. */
  seen(target: string, up: boolean, atMs: number): void;
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
  /** Targets that failed in the grace of a deployment, and whether they were seen up again; empty most of the time. */
  const troubles = new Map<string, { readonly deployment: string; readonly isOver: boolean }>();
  let graceEndsMs = Number.NEGATIVE_INFINITY;

  const inGrace = (target: string, atMs: number): Deployment | undefined => {
    if (atMs >= graceEndsMs) return undefined;
    const last = deployments.find((one) => one.atMs <= atMs && (one.targets?.includes(target) ?? true));
    return last !== undefined && atMs < last.atMs + last.graceMs ? last : undefined;
  };

  return {
    add: (change) => insert(others, change, MOST_CHANGES),
    deploy(wanted) {
      const deployment = { id: newId(), ...wanted };
      insert(deployments, deployment, MOST_DEPLOYMENTS);
      insert(deployed, changeOf(deployment), MOST_DEPLOYMENTS);
      if (wanted.graceMs > 0) graceEndsMs = Math.max(graceEndsMs, wanted.atMs + wanted.graceMs);
      return deployment;
    },
    restore(kept) {
      deployments.splice(0, deployments.length, ...kept);
      deployed.splice(0, deployed.length, ...kept.map(changeOf));
      graceEndsMs = Math.max(graceEndsMs, ...kept.map(({ atMs, graceMs }) => atMs + graceMs));
    },
    deployments: () => [...deployments],
    before(atMs, targets) {
      const found = [...within(others, atMs, targets), ...within(deployed, atMs, targets)];
      return found.length < 2 ? found : found.sort((a, b) => b.atMs - a.atMs);
    },
    graceUntilMs(target, nowMs) {
      const last = inGrace(target, nowMs);
      if (last === undefined) return undefined;
      const trouble = troubles.get(target);
      return trouble?.deployment === last.id && trouble.isOver ? undefined : last.atMs + last.graceMs;
    },
    seen(target, up, atMs) {
      const last = inGrace(target, atMs);
      if (last === undefined) {
        if (troubles.size > 0) troubles.delete(target);
        return;
      }
      const hasFailed = troubles.get(target)?.deployment === last.id;
      if (hasFailed === up) troubles.set(target, { deployment: last.id, isOver: up });
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
