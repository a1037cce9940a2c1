import type { Alert, Notice } from './core/alert.ts';
import type { Deployment } from './core/change.ts';
import type { Clock } from './core/clock.ts';
import { errorText } from './core/errors.ts';
import type { Logger } from './core/log.ts';
import type { Maintenance, Silence } from './core/silence.ts';
import { type Kept, memoryStore, type Store, type Write } from './core/store.ts';
import type { Changes } from './correlate/changes.ts';
import type { Correlator } from './correlate/contract.ts';
import type { Mutes } from './correlate/mutes.ts';
import type { Judge } from './judge/judge.ts';
import type { Effects } from './pipeline.ts';

/** A commit has this long; then people are told from memory, and it is made up for. */
const COMMIT_MS = 5000;
/** What has ended is told again after a restart for this long, as Prometheus does. */
const ENDED_MS = 15 * 60_000;

export interface KeeperOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly judge: Judge;
  readonly correlator: Correlator;
  readonly mutes: Mutes;
  readonly changes: Changes;
  /** Whether the store took the last commit. */
  readonly onStore: (up: boolean) => void;
}

/** What was told of an alert, and when it ended. */
interface ToldDoc {
  readonly alert: Alert;
  readonly endsAtMs?: number;
}

/** Keeps what must survive the process. */
export interface Keeper {
  /** Gives the stages what was kept; the answer are ends that may not have been delivered yet. */
  restore(): Promise<readonly Notice[]>;
  /** Commits what a step changed, then tells; with a store that keeps nothing it tells at once. */
  keep(effects: Effects, tell: (notices: readonly Notice[]) => void): void;
  /** Runs a person's command; where what it changed cannot be committed, it is undone and the answer says so. */
  command<T>(run: () => T): Promise<T | { readonly unavailable: string }>;
  /** Everything asked for is committed. */
  settled(): Promise<void>;
}

/** A keeper over a store. */
export function openKeeper(options: KeeperOptions): Keeper {
  const { store, clock, log, judge, correlator, mutes, changes } = options;
  const seen = new Set<string>();
  const ended = new Map<string, number>();
  /** Commits that failed, to be made up for; the newest of a document counts. */
  const owed = new Map<string, Write>();
  let byHand = new Map<string, string>();
  let last: Promise<unknown> = Promise.resolve();
  let isUp = true;

  const commit = async (writes: readonly Write[]): Promise<boolean> => {
    for (const write of writes) owed.set(`${write.kind} ${write.id}`, write);
    const all = [...owed.values()];
    let late: Disposable | undefined;
    const deadline = new Promise<never>((_, reject) => {
      late = clock.after(COMMIT_MS, () => reject(new Error(`no commit within ${COMMIT_MS / 1000}s`)));
    });
    try {
      await Promise.race([store.commit(all), deadline]);
      for (const write of all) {
        const key = `${write.kind} ${write.id}`;
        if (owed.get(key) === write) owed.delete(key);
      }
      if (!isUp) log.info({}, 'the store takes commits again');
      isUp = true;
    } catch (error) {
      if (isUp)
        log.error({ problem: errorText(error) }, 'the store does not take a commit; everything goes on from memory');
      isUp = false;
    } finally {
      late?.[Symbol.dispose]();
    }
    options.onStore(isUp);
    return isUp;
  };

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = last.then(task);
    last = done.catch(() => {});
    return done;
  };

  const docsByHand = (): Map<string, { readonly kind: Kept; readonly doc: object }> => {
    const { silences, maintenance } = mutes.kept(clock.now().wallMs);
    const docs = new Map<string, { readonly kind: Kept; readonly doc: object }>();
    const add = (kind: Kept, all: readonly { readonly id: string }[]) => {
      for (const doc of all) docs.set(`${kind} ${doc.id}`, { kind, doc });
    };
    add('silence', silences);
    add('maintenance', maintenance);
    add('deployment', changes.deployments());
    return docs;
  };

  /** What differs from what was committed last. */
  const writesByHand = (): readonly Write[] => {
    const docs = docsByHand();
    const writes: Write[] = [];
    const now = new Map([...docs].map(([key, { doc }]) => [key, JSON.stringify(doc)]));
    for (const [key, { kind, doc }] of docs)
      if (byHand.get(key) !== now.get(key)) writes.push({ kind, id: key.slice(kind.length + 1), doc });
    for (const key of byHand.keys()) {
      const [kind = '', ...id] = key.split(' ');
      if (!now.has(key)) writes.push({ kind: kind as Kept, id: id.join(' '), doc: undefined });
    }
    byHand = now;
    return writes;
  };

  const writesOf = ({ notices, verdicts }: Effects): readonly Write[] => {
    const writes: Write[] = [];
    for (const notice of notices) {
      const { alert } = notice;
      if (alert.origin === 'external') continue;
      const doc: ToldDoc = notice.status === 'firing' ? { alert } : { alert, endsAtMs: notice.endsAtMs };
      if (doc.endsAtMs === undefined) ended.delete(alert.fingerprint);
      else ended.set(alert.fingerprint, doc.endsAtMs);
      writes.push({ kind: 'told', id: alert.fingerprint, doc });
    }
    for (const { target, to } of verdicts) {
      if (to !== 'up' || seen.has(target)) continue;
      seen.add(target);
      writes.push({ kind: 'seen', id: target, doc: { target } });
    }
    for (const [id, endsAtMs] of ended) {
      if (clock.now().wallMs - endsAtMs < ENDED_MS) break;
      ended.delete(id);
      writes.push({ kind: 'told', id, doc: undefined });
    }
    return writes;
  };

  return {
    async restore() {
      const load = async <T>(kind: Kept) => (await store.load(kind)) as readonly T[];
      const told = await load<ToldDoc>('told');
      const going = told.filter(({ endsAtMs }) => endsAtMs === undefined);
      correlator.restore(going.map(({ alert }) => alert));
      for (const { target } of await load<{ readonly target: string }>('seen')) seen.add(target);
      judge.remember(seen);
      mutes.restore({ silences: await load<Silence>('silence'), maintenance: await load<Maintenance>('maintenance') });
      const deployments = await load<Deployment>('deployment');
      changes.restore(deployments.toSorted((a, b) => b.atMs - a.atMs));
      byHand = new Map([...docsByHand()].map(([key, { doc }]) => [key, JSON.stringify(doc)]));
      return told.flatMap(({ alert, endsAtMs }): readonly Notice[] => {
        if (endsAtMs === undefined) return [];
        ended.set(alert.fingerprint, endsAtMs);
        return clock.now().wallMs - endsAtMs < ENDED_MS ? [{ status: 'resolved', alert, endsAtMs }] : [];
      });
    },
    keep(effects, tell) {
      if (store === memoryStore) return tell(effects.notices);
      const writes = writesOf(effects);
      if (writes.length === 0 && effects.notices.length === 0) return;
      void inTurn(() => commit(writes)).then(() => tell(effects.notices));
    },
    command: (run) =>
      inTurn(async () => {
        const before = { ...mutes.kept(clock.now().wallMs), deployments: changes.deployments() };
        const answer = run();
        if (store === memoryStore || (await commit(writesByHand()))) return answer;
        mutes.restore(before);
        changes.restore(before.deployments);
        for (const write of writesByHand()) owed.set(`${write.kind} ${write.id}`, write);
        return { unavailable: 'the store does not take it now: nothing was changed' };
      }),
    async settled() {
      await last;
    },
  };
}
