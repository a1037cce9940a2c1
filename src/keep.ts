import type { Alert, Notice } from './core/alert.ts';
import type { Deployment } from './core/change.ts';
import type { Clock } from './core/clock.ts';
import type { Maintenance, Silence } from './core/silence.ts';
import { type Kept as Kind, memoryStore, type Store, type Write } from './core/store.ts';
import type { Changes } from './correlate/changes.ts';
import type { Correlator } from './correlate/contract.ts';
import type { Mutes } from './correlate/mutes.ts';
import type { Judge } from './judge/judge.ts';
import type { Mark } from './judge/memory.ts';
import type { Written } from './notify/delivery/journal.ts';
import type { Accepted } from './notify/delivery/outbox.ts';
import type { Effects } from './pipeline.ts';

/** How targets stand goes with what is told of them, else many together: in a storm thousands change. */
const TOGETHER_MS = 250;
const TOGETHER = 500;
/** What has ended is told again after a restart for this long, as Prometheus does. */
const ENDED_MS = 15 * 60_000;

export interface KeeperOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly judge: Judge;
  readonly correlator: Correlator;
  readonly mutes: Mutes;
  readonly changes: Changes;
}

/** What was told of an alert, and when it ended. */
interface ToldDoc {
  readonly alert: Alert;
  readonly endsAtMs?: number;
}

/** What was kept for the outbox. */
export interface Kept {
  readonly outbox: Written;
  /** What ended lately: whoever is told again and again is told of it again. */
  readonly ended: readonly Notice[];
}

/** Keeps what must survive the process. */
export interface Keeper {
  /** Gives the stages what was kept. */
  restore(): Promise<Kept>;
  /** Commits what a step changed with what is to be told of it, then tells; with a store that keeps nothing it tells at once. */
  keep(effects: Effects, accepted: Accepted): void;
  /** Commits what the outbox writes down; resolved once that is done, or cannot be. */
  record(writes: readonly Write[]): Promise<void>;
  /** Runs a person's command; where what it changed cannot be committed, it is undone and the answer says so. */
  command<T>(run: () => T): Promise<T | { readonly unavailable: string }>;
  /** Everything asked for is committed. */
  settled(): Promise<void>;
}

/** A keeper over a store. */
export function openKeeper(options: KeeperOptions): Keeper {
  const { store, clock, judge, correlator, mutes, changes } = options;
  const seen = new Set<string>();
  const ended = new Map<string, number>();
  const unsaved = new Set<string>();
  let standingsMs = Number.NEGATIVE_INFINITY;
  let byHand = new Map<string, string>();
  let last: Promise<unknown> = Promise.resolve();

  /** Whether it is kept; what is not is made up for by the store itself. */
  const commit = (writes: readonly Write[]): Promise<boolean> =>
    store.commit(writes).then(
      () => true,
      () => false,
    );

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = last.then(task);
    last = done.catch(() => {});
    return done;
  };

  const docsByHand = (): Map<string, { readonly kind: Kind; readonly doc: object }> => {
    const { silences, maintenance } = mutes.kept(clock.now().wallMs);
    const docs = new Map<string, { readonly kind: Kind; readonly doc: object }>();
    const add = (kind: Kind, all: readonly { readonly id: string }[]) => {
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
      if (!now.has(key)) writes.push({ kind: kind as Kind, id: id.join(' '), doc: undefined });
    }
    byHand = now;
    return writes;
  };

  /** How these targets stand, and every now and then as many of the others that wait as cost no time. */
  const standingsOf = (names: readonly string[]): readonly Write[] => {
    const now = clock.now();
    const taken = new Set(names);
    if (now.monoMs - standingsMs >= TOGETHER_MS) {
      standingsMs = now.monoMs;
      for (const name of unsaved) {
        if (taken.size >= TOGETHER) break;
        taken.add(name);
      }
    }
    for (const name of taken) unsaved.delete(name);
    const mark = judge.mark(now, taken.size > 0);
    const writes = [...taken].map((id): Write => ({ kind: 'standing', id, doc: judge.kept(id) }));
    return mark === undefined ? writes : [...writes, { kind: 'mark', id: '', doc: mark }];
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

  const endOf = (alert: Alert, endsAtMs: number | undefined): readonly Notice[] => {
    if (endsAtMs === undefined) return [];
    ended.set(alert.fingerprint, endsAtMs);
    return clock.now().wallMs - endsAtMs < ENDED_MS ? [{ status: 'resolved', alert, endsAtMs }] : [];
  };

  return {
    async restore() {
      const load = async <T>(kind: Kind) => (await store.load(kind)) as readonly T[];
      const told = await load<ToldDoc>('told');
      const going = told.filter(({ endsAtMs }) => endsAtMs === undefined);
      correlator.restore(going.map(({ alert }) => alert));
      for (const { target } of await load<{ readonly target: string }>('seen')) seen.add(target);
      const [mark] = await load<Mark>('mark');
      judge.remember({ seen, standings: await load('standing'), mark }, clock.now());
      mutes.restore({ silences: await load<Silence>('silence'), maintenance: await load<Maintenance>('maintenance') });
      const deployments = await load<Deployment>('deployment');
      changes.restore(deployments.toSorted((a, b) => b.atMs - a.atMs));
      byHand = new Map([...docsByHand()].map(([key, { doc }]) => [key, JSON.stringify(doc)]));
      const ended = told.flatMap(({ alert, endsAtMs }) => endOf(alert, endsAtMs));
      return {
        ended,
        outbox: {
          notices: await load('notice'),
          done: await load('done'),
          heard: await load('heard'),
          talks: await load('talk'),
          sending: await load('sending'),
        },
      };
    },
    keep(effects, accepted) {
      if (store === memoryStore) return accepted.release();
      const { standings } = effects;
      for (const name of standings) unsaved.add(name);
      const told = [...writesOf(effects), ...accepted.writes];
      const writes = [...told, ...standingsOf(told.length > 0 ? standings : [])];
      if (writes.length === 0) return accepted.release();
      const committed = commit(writes); // at once: what comes while a commit is under way becomes one
      void inTurn(() => committed).then(accepted.release);
    },
    async record(writes) {
      if (writes.length > 0) await commit(writes);
    },
    command: (run) =>
      inTurn(async () => {
        const before = { ...mutes.kept(clock.now().wallMs), deployments: changes.deployments() };
        const answer = run();
        if (store === memoryStore || (await commit(writesByHand()))) return answer;
        mutes.restore(before);
        changes.restore(before.deployments);
        void commit(writesByHand());
        return { unavailable: 'the store does not take it now: nothing was changed' };
      }),
    async settled() {
      if (store !== memoryStore) void commit(standingsOf([...unsaved]));
      await last;
    },
  };
}
