import type { Notice } from '../../core/alert.ts';
import type { Write } from '../../core/store.ts';
import type { Talk } from './desk.ts';
import type { Recorder, UnderWay } from './queue.ts';

/** A notice that somebody has to be told; times are Unix epoch ms. */
export interface NoticeDoc {
  readonly entry: number;
  readonly notice: Notice;
  readonly atMs: number;
  /** Who is told, and who not before some moment. */
  readonly peers: readonly { readonly id: string; readonly notBeforeMs?: number }[];
}
/** This peer was told. */
export interface DoneDoc {
  readonly entry: number;
  readonly peer: string;
}
/** This peer knows that the alert fires. */
export interface HeardDoc {
  readonly peer: string;
  readonly group: string;
  readonly notice: Notice;
}
export interface TalkDoc extends Talk {
  readonly peer: string;
}
export interface SendingDoc extends UnderWay {
  readonly peer: string;
}

/** Everything that was written down, in its order. */
export interface Written {
  readonly notices: readonly NoticeDoc[];
  readonly done: readonly DoneDoc[];
  readonly heard: readonly HeardDoc[];
  readonly talks: readonly TalkDoc[];
  readonly sending: readonly SendingDoc[];
}

/** What one peer had to be told and knew. */
export interface PeerRecords {
  readonly waiting: readonly { readonly doc: NoticeDoc; readonly notBeforeMs: number | undefined }[];
  readonly known: readonly HeardDoc[];
  readonly talks: readonly Talk[];
  readonly underWay: UnderWay | undefined;
}

/** Commits writes in the order of the calls; resolved once they are kept, or cannot be. */
export type Commit = (writes: readonly Write[]) => Promise<void>;

/** The outbox on paper: what is owed to whom, what was begun, what each peer knows. */
export interface Journal {
  /** A number for a notice. */
  next(): number;
  accept(doc: NoticeDoc): void;
  recorder(peer: string): Recorder;
  /** Forgets a peer that is told no more. */
  forget(peer: string): void;
  /** Takes out what is to be written and was not committed yet, to go with another commit. */
  drain(): readonly Write[];
  /** Takes what was written before; the answer is by peer. */
  restore(written: Written): ReadonlyMap<string, PeerRecords>;
}

/** Entries of one millisecond. */
const ENTRIES = 1000;

/** An empty journal. Its numbers begin with the time (Unix epoch ms): where the store is read only later, none is there twice. */
export function openJournal(commit: Commit, beganMs: number): Journal {
  let last = beganMs * ENTRIES;
  /** By entry: who is still to be told, and who was, as it is written. */
  const owing = new Map<number, { readonly waits: Set<string>; readonly done: string[] }>();
  /** The ids of what is written of a peer beside notices. */
  const about = new Map<string, Map<string, Write>>();
  let pending: Write[] = [];
  let flushing: Promise<void> | undefined;

  const drain = (): readonly Write[] => {
    const writes = pending;
    pending = [];
    return writes;
  };
  /** What one step writes goes into one commit. */
  const flush = (): Promise<void> => {
    flushing ??= Promise.resolve().then(() => {
      flushing = undefined;
      const writes = drain();
      return writes.length === 0 ? undefined : commit(writes);
    });
    return flushing;
  };
  const write = (...writes: readonly Write[]) => {
    pending.push(...writes);
    void flush();
  };

  const settleOne = (peer: string, entry: number) => {
    const owed = owing.get(entry);
    if (owed?.waits.delete(peer) !== true) return;
    if (owed.waits.size > 0) {
      owed.done.push(peer);
      return write({ kind: 'done', id: `${entry} ${peer}`, doc: { entry, peer } satisfies DoneDoc });
    }
    owing.delete(entry);
    write({ kind: 'notice', id: String(entry), doc: undefined });
    write(...owed.done.map((by): Write => ({ kind: 'done', id: `${entry} ${by}`, doc: undefined })));
  };
  const settled = (peer: string, entries: readonly number[]) => {
    for (const entry of entries) settleOne(peer, entry);
  };

  /** Writes what is known of a peer, and remembers that it is written. */
  const note = (peer: string, each: Write) => {
    const notes = about.get(peer) ?? new Map<string, Write>();
    about.set(peer, notes);
    const key = `${each.kind} ${each.id}`;
    if (each.doc === undefined && !notes.delete(key)) return;
    if (each.doc !== undefined) notes.set(key, { ...each, doc: undefined });
    write(each);
  };

  return {
    next: () => ++last,
    accept(doc) {
      owing.set(doc.entry, { waits: new Set(doc.peers.map(({ id }) => id)), done: [] });
      pending.push({ kind: 'notice', id: String(doc.entry), doc });
    },
    drain,
    recorder: (peer) => ({
      sending({ key, entries }) {
        note(peer, { kind: 'sending', id: peer, doc: { peer, key, entries } satisfies SendingDoc });
        return flush();
      },
      taken(entries, { alerts, talks }) {
        settled(peer, entries);
        for (const [fingerprint, heard] of alerts) {
          const doc = heard === undefined ? undefined : ({ peer, ...heard } satisfies HeardDoc);
          note(peer, { kind: 'heard', id: `${peer} ${fingerprint}`, doc });
        }
        for (const [group, talk] of talks) {
          const doc = talk === undefined ? undefined : ({ peer, ...talk } satisfies TalkDoc);
          note(peer, { kind: 'talk', id: `${peer} ${group}`, doc });
        }
        note(peer, { kind: 'sending', id: peer, doc: undefined });
      },
      settled(entries) {
        settled(peer, entries);
        note(peer, { kind: 'sending', id: peer, doc: undefined });
      },
      forgotten(fingerprints) {
        for (const fingerprint of fingerprints)
          note(peer, { kind: 'heard', id: `${peer} ${fingerprint}`, doc: undefined });
      },
    }),
    forget(peer) {
      for (const [entry, { waits }] of owing) if (waits.has(peer)) settleOne(peer, entry);
      for (const each of about.get(peer)?.values() ?? []) write(each);
      about.delete(peer);
    },
    restore({ notices, done, heard, talks, sending }) {
      const byEntry = new Map<number, string[]>();
      for (const { entry, peer } of done) byEntry.set(entry, [...(byEntry.get(entry) ?? []), peer]);
      const found = new Map<string, { waiting: PeerRecords['waiting'][number][] } & Mutable<PeerRecords>>();
      const of = (peer: string) => {
        const known = found.get(peer) ?? { waiting: [], known: [], talks: [], underWay: undefined };
        found.set(peer, known);
        return known;
      };
      for (const doc of notices) {
        last = Math.max(last, doc.entry);
        const told = byEntry.get(doc.entry) ?? [];
        const waits = doc.peers.filter(({ id }) => !told.includes(id));
        owing.set(doc.entry, { waits: new Set(waits.map(({ id }) => id)), done: told });
        for (const { id, notBeforeMs } of waits) of(id).waiting.push({ doc, notBeforeMs });
      }
      const remember = (peer: string, kind: Write['kind'], id: string) =>
        about.set(
          peer,
          (about.get(peer) ?? new Map<string, Write>()).set(`${kind} ${id}`, { kind, id, doc: undefined }),
        );
      for (const doc of heard) {
        of(doc.peer).known.push(doc);
        remember(doc.peer, 'heard', `${doc.peer} ${doc.notice.alert.fingerprint}`);
      }
      for (const doc of talks) {
        of(doc.peer).talks.push(doc);
        remember(doc.peer, 'talk', `${doc.peer} ${doc.group}`);
      }
      for (const doc of sending) {
        of(doc.peer).underWay = doc;
        remember(doc.peer, 'sending', doc.peer);
      }
      return found;
    },
  };
}

/** Lists that grow while they are read in. */
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer E)[] ? E[] : T[Key] };
