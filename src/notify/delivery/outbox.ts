import type { Alert, Notice } from '../../core/alert.ts';
import { SEVERITIES } from '../../core/severity.ts';
import type { Write } from '../../core/store.ts';
import type { DeliveryManner, Peer, ReceiverEnvironment, ReceiverType } from '../contract.ts';
import type { Routing } from '../route.ts';
import type { Item } from './desk.ts';
import { deskOf, type GroupSettings } from './grouping.ts';
import { type Commit, type Journal, openJournal, type PeerRecords, type Written } from './journal.ts';
import { openAll, openEach } from './opening.ts';
import { openQueue, type PeerQueue, type QueueHooks } from './queue.ts';

export interface NamedReceiver {
  readonly name: string;
  readonly settings: { readonly type: string } & GroupSettings;
  readonly revision: string;
}

export interface OutboxOptions extends Pick<ReceiverEnvironment, 'clock' | 'log' | 'lookUp'> {
  readonly typeOf: (type: string) => ReceiverType;
  readonly hooks: QueueHooks;
  /** Where the outbox is written down. */
  readonly commit: Commit;
}

/** Who is told from now on, and how. */
export interface Audience
  extends Pick<ReceiverEnvironment, 'filesFrom' | 'externalUrl' | 'timezone' | 'severityLabel'> {
  readonly receivers: readonly NamedReceiver[];
  readonly routing: Routing;
  /** The receiver that is told when another one refuses for good. */
  readonly fallback: string | undefined;
}

/** Notices that were taken: they are told once `release` was called, when `writes` are committed. */
export interface Accepted {
  readonly writes: readonly Write[];
  release(): void;
}

/** Everything that waits to be told, one queue a peer. */
export interface Outbox {
  /** Takes what was written down before; to be called once, before the first `replace`. */
  restore(written: Written): void;
  accept(notices: readonly Notice[]): Accepted;
  /** Tells the end of what a peer knows to fire and what does not any more: it ended while nobody was there to see it. */
  endAllBut(isFiring: (fingerprint: string) => boolean): void;
  /** Tells what no commit has to go before, to those who do not know it. */
  post(notices: readonly Notice[]): void;
  /** Tells the receivers of these names, at once and once only: it neither waits nor is it told again. */
  tell(receivers: readonly string[], notice: Notice): void;
  /**
   * Takes these receivers from now on. A new one is told what fires then; one that changed is told what its former
   * self was told and had still to tell. Throws OutriderError `config_invalid`, and changes nothing, where one cannot be opened; the
   * first time it does without that one. `closed`: those that left have told what they could.
   */
  replace(audience: Audience, firing: () => readonly Notice[]): Promise<{ readonly closed: Promise<unknown> }>;
  /** Tells what waits within `graceMs`, then stops. */
  stop(graceMs: number): Promise<void>;
}

interface Open {
  readonly revision: string;
  readonly manner: DeliveryManner;
  readonly holdMs: number | undefined;
  readonly queues: readonly { readonly id: string; readonly queue: PeerQueue }[];
}

/** What a receiver that left may still tell before it is let go. */
const LEAVE_MS = 1000;

/** An outbox without receivers yet. */
export function openOutbox({ typeOf, hooks, commit, ...environment }: OutboxOptions): Outbox {
  const { clock, log } = environment;
  const journal = openJournal(commit, clock.now().wallMs);
  let restored = new Map<string, PeerRecords>();
  let open = new Map<string, Open>();
  let audience: Audience | undefined;

  const openPeers = ({ name, settings }: NamedReceiver, next: Audience): Promise<readonly Peer[]> => {
    const { filesFrom, externalUrl, timezone, severityLabel } = next;
    const around = {
      filesFrom,
      externalUrl,
      timezone,
      severityLabel,
      reachesPeople: reachesPeople(next, typeOf),
      receiver: name,
    };
    return typeOf(settings.type).open(settings, { ...environment, ...around });
  };

  const manned = ({ revision, name, settings }: NamedReceiver, peers: readonly Peer[]): Open => {
    const { manner } = typeOf(settings.type);
    const queues = peers.map((peer) => {
      const id = `${name} ${peer.name}`;
      const onRefused = (notices: readonly Notice[], why: string) => passOn(name, notices, why);
      const desk = deskOf(manner, settings);
      const record = journal.recorder(id);
      return { id, queue: openQueue({ peer, receiver: name, manner, desk, clock, hooks, record, onRefused }) };
    });
    return { revision, manner, holdMs: settings.hold, queues };
  };

  /** A receiver that cannot be opened is not told: a reason to refuse a reload, none to watch nothing after a start. */
  const openReceivers = async (receivers: readonly NamedReceiver[], next: Audience) => {
    const closed = receivers.map((one) => ({ name: one.name, open: () => openPeers(one, next) }));
    const opened = await (audience === undefined ? openEach(closed) : openAll(closed));
    return (receiver: NamedReceiver): Open => {
      const one = opened.get(receiver.name);
      if (one !== undefined && 'peers' in one) return manned(receiver, one.peers);
      log.error({ receiver: receiver.name, problem: one?.problem }, 'a receiver could not be opened and is not told');
      return manned({ ...receiver, revision: '' }, []);
    };
  };

  /** Tells the fallback what a receiver refused; answers whether there is one. */
  const passOn = (receiver: string, notices: readonly Notice[], why: string): boolean => {
    const fallback = audience?.fallback;
    if (fallback === undefined || fallback === receiver || open.get(fallback)?.queues.length === 0) return false;
    const { writes, release } = take(notices.map(noted(receiver, why)), () => [{ receiver: fallback }]);
    void commit(writes).then(release);
    return true;
  };

  type Way = { readonly receiver: string; readonly notBeforeMs?: number | undefined };

  /** Puts notices where they are to be told, and writes down where. */
  const take = (notices: readonly Notice[], waysOf: (notice: Notice) => readonly Way[]): Accepted => {
    const { monoMs, wallMs } = clock.now();
    const put = new Map<PeerQueue, Item[]>();
    for (const notice of notices) {
      const entry = journal.next();
      const peers: { id: string; notBeforeMs?: number }[] = [];
      for (const { receiver, notBeforeMs } of waysOf(notice)) {
        const opened = open.get(receiver);
        for (const { id, queue } of opened?.queues ?? []) {
          const dueMs = monoMs + Math.max(holdOf(opened, notice.alert), (notBeforeMs ?? 0) - wallMs);
          const terms = { entries: [entry], nowMs: monoMs, sinceMs: monoMs, dueMs, isKept: false };
          const item = queue.put(notice, terms);
          if (item === undefined) continue;
          const items = put.get(queue);
          if (items === undefined) put.set(queue, [item]);
          else items.push(item);
          peers.push(notBeforeMs === undefined ? { id } : { id, notBeforeMs });
        }
      }
      if (peers.length > 0) journal.accept({ entry, notice, atMs: wallMs, peers });
    }
    const release = () => {
      for (const [queue, items] of put) queue.release(items);
    };
    return { writes: journal.drain(), release };
  };

  const holdOf = (opened: Open | undefined, alert: Alert): number =>
    opened?.manner.people === true ? (audience?.routing.holdMsOf(alert, opened.holdMs) ?? 0) : (opened?.holdMs ?? 0);

  /** Whoever was told of a beginning is told of the end; whoever is told again and again of all is told of all. */
  const waysOf = (notice: Notice): readonly Way[] => {
    if (audience === undefined) return [];
    const routed = audience.routing.of(notice.alert, clock.now().wallMs);
    if (notice.status === 'firing') return routed;
    const { fingerprint } = notice.alert;
    const isRouted = (name: string) => routed.some(({ receiver }) => receiver === name);
    return [...open]
      .filter(
        ([name, { queues, manner }]) =>
          (manner.grouped !== true && isRouted(name)) || queues.some(({ queue }) => queue.knows(fingerprint)),
      )
      .map(([receiver]) => ({ receiver }));
  };

  /** Tells one receiver what fires when it joins. */
  const welcome = (name: string, { queues }: Open, firing: readonly Notice[]) => {
    if (queues.length === 0) return;
    const { writes, release } = take(firing, (notice) => waysOf(notice).filter(({ receiver }) => receiver === name));
    void commit(writes).then(release);
  };

  /** Gives a queue what was written down of its peer before the process ended. */
  const recall = (opened: Open, id: string, queue: PeerQueue) => {
    const records = restored.get(id);
    if (records === undefined) return;
    restored.delete(id);
    queue.inherit(records);
    const { monoMs, wallMs } = clock.now();
    const underWay = new Set(records.underWay?.entries);
    const items = records.waiting.flatMap(({ doc, notBeforeMs }) => {
      // The wall clock may have been set back meanwhile.
      const sinceMs = monoMs - Math.max(0, wallMs - doc.atMs);
      // Apart from what is added: a wall clock's number is so large that a fraction of a millisecond is lost in the sum.
      const heldMs = (notBeforeMs ?? wallMs) - wallMs;
      const heldUntilMs = Math.max(sinceMs + holdOf(opened, doc.notice.alert), monoMs + heldMs);
      // What may have been taken is not held any more, and no end makes a blip of it.
      const dueMs = underWay.has(doc.entry) ? sinceMs : heldUntilMs;
      const item = queue.put(doc.notice, { entries: [doc.entry], nowMs: monoMs, sinceMs, dueMs, isKept: true });
      if (item === undefined) journal.recorder(id).settled([doc.entry]);
      return item ?? [];
    });
    if (records.underWay !== undefined) queue.resume(records.underWay);
    queue.release(items);
  };

  return {
    restore(written) {
      restored = new Map(journal.restore(written));
    },
    accept: (notices) => (notices.length === 0 ? NOTHING : take(notices, waysOf)),
    post(notices) {
      const { writes, release } = take(notices, waysOf);
      void commit(writes).then(release);
    },
    endAllBut(isFiring) {
      const known = [...open.values()].flatMap(({ queues }) => queues.flatMap(({ queue }) => queue.known()));
      const over = known.filter(({ alert }) => !isFiring(alert.fingerprint)).map(({ alert }) => alert);
      const endsAtMs = clock.now().wallMs;
      const byId = new Map(over.map((alert) => [alert.fingerprint, alert]));
      this.post([...byId.values()].map((alert): Notice => ({ status: 'resolved', alert, endsAtMs })));
    },
    tell(receivers, notice) {
      for (const name of receivers) for (const { queue } of open.get(name)?.queues ?? []) queue.tell(notice);
    },
    async replace(wanted, firing) {
      const around = [wanted.externalUrl, wanted.timezone, ...labelled(wanted, typeOf)];
      const receivers = wanted.receivers.map((one) => ({ ...one, revision: [one.revision, ...around].join(' ') }));
      const stays = ({ name, revision }: NamedReceiver) => open.get(name)?.revision === revision;
      const arrive = await openReceivers(
        receivers.filter((one) => !stays(one)),
        wanted,
      );
      // From here on at once, so that no notice falls between the old queues and the new ones.
      const before = open;
      const next = new Map<string, Open>();
      for (const one of receivers) next.set(one.name, (stays(one) ? before.get(one.name) : undefined) ?? arrive(one));
      open = next;
      audience = wanted;
      const now = firing();
      const closing: Promise<void>[] = [];
      for (const [name, old] of before)
        if (next.get(name) !== old) closing.push(...old.queues.map((each) => succeed(each, next.get(name), journal)));
      for (const [name, opened] of next) {
        if (before.get(name)?.queues === opened.queues) continue;
        for (const { id, queue } of opened.queues) recall(opened, id, queue);
        welcome(name, opened, now);
      }
      for (const id of restored.keys()) if (!isOfAny(id, next)) journal.forget(id);
      return { closed: Promise.all(closing) };
    },
    async stop(graceMs) {
      const all = [...open.values()].flatMap(({ queues }) => queues);
      await Promise.all(all.map(({ queue }) => queue.stop(graceMs)));
    },
  };
}

const NOTHING: Accepted = { writes: [], release() {} };

const reachesPeople = ({ receivers }: Audience, typeOf: OutboxOptions['typeOf']): boolean =>
  receivers.some(({ settings }) => typeOf(settings.type).manner.people === true);

/** What of its surroundings a receiver is opened with: another value opens it anew. */
function labelled(audience: Audience, typeOf: OutboxOptions['typeOf']): readonly string[] {
  return [String(reachesPeople(audience, typeOf)), ...SEVERITIES.map(audience.severityLabel)];
}

/** The notice with a word about who could not be told. */
const noted =
  (receiver: string, why: string) =>
  (notice: Notice): Notice => {
    const { alert } = notice;
    const said = alert.annotations['description'] ?? '';
    const word = `(${receiver} could not be told: ${why})`;
    const annotations = { ...alert.annotations, description: said === '' ? word : `${said} ${word}` };
    return { ...notice, alert: { ...alert, annotations } };
  };

const isOfAny = (id: string, open: ReadonlyMap<string, Open>): boolean =>
  [...open.keys()].some((name) => id.startsWith(`${name} `));

/** A queue is closed; the one to the same peer, if there is any, takes what it knew and had to tell. */
async function succeed(old: Open['queues'][number], next: Open | undefined, journal: Journal): Promise<void> {
  const heir = next?.queues.find(({ id }) => id === old.id)?.queue;
  if (heir === undefined) {
    await old.queue.stop(LEAVE_MS);
    return journal.forget(old.id);
  }
  const { legacy, closed } = old.queue.handOver();
  heir.inherit(legacy);
  const items = legacy.waiting.flatMap((item) => heir.put(item.notice, { ...item, nowMs: item.sinceMs }) ?? []);
  if (legacy.underWay !== undefined) heir.resume(legacy.underWay);
  heir.release(items);
  await closed;
}
