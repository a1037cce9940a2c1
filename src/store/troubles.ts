import type { Clock, Instant } from '../core/clock.ts';
import type { StoreTrouble } from '../core/store.ts';
import type { Failure, Room } from './wire.ts';

/** So long people are told that a broken store was set aside: longer than anybody who is to know it can be kept from it. */
const TOLD_MS = 60 * 60_000;
/** A disk with less room than this is full; with as much as this it is no longer. */
const FULL_BYTES = 1024 ** 2;
const ROOM_BYTES = 2 * FULL_BYTES;

const ADVICE: Readonly<Record<Failing['failure'], string>> = {
  full: 'Make room on that disk: it recovers by itself',
  late: 'The disk is slow or hangs: it recovers by itself when the disk does',
  locked: 'End the other process: it recovers by itself',
  newer: 'Start the newer Outrider again, or give this one a store of its own',
  broken: 'Look after the disk, and restart with the file moved away if it stays so',
  failed: 'Look at the disk, the folder and its permissions: it recovers by itself when they are well',
};

/** The store does not take what it is given. */
export interface Failing {
  readonly since: Instant;
  readonly failure: Failure | 'late';
  /** With the path. */
  readonly problem: string;
  /** It was never there. */
  readonly neverOpened: boolean;
}

export interface SetAside {
  readonly since: Instant;
  readonly path: string;
  readonly why: string;
  /** How many documents the new one begins with, and whether those are all. */
  readonly kept: number | 'all';
}

/** What is wrong with a store, put into words. */
export interface Troubles {
  isFailing(): boolean;
  failing(failing: Failing): void;
  works(): void;
  setAside(setAside: SetAside): void;
  /** The last commits of the last process are lost. */
  logMissing(since: Instant): void;
  room(room: Room): void;
  now(): StoreTrouble | undefined;
}

/** None yet; `name` is the store's path. */
export function openTroubles(name: string, clock: Clock): Troubles {
  let fails: StoreTrouble | undefined;
  let full: StoreTrouble | undefined;
  let lost: StoreTrouble | undefined;
  return {
    isFailing: () => fails !== undefined,
    failing(failing) {
      const { since = failing.since, grave = failing.neverOpened } = fails ?? {};
      fails = { since, grave, message: failingText(failing) };
    },
    works() {
      fails = undefined;
    },
    setAside(setAside) {
      lost = { since: setAside.since, grave: true, message: setAsideText(name, setAside) };
    },
    logMissing(since) {
      lost = { since, grave: true, message: logMissingText(name) };
    },
    room({ freeBytes }) {
      if (freeBytes >= (full === undefined ? FULL_BYTES : ROOM_BYTES)) full = undefined;
      else full = { since: full?.since ?? clock.now(), grave: false, message: fullText(name, freeBytes) };
    },
    now() {
      if (lost !== undefined && clock.monoMs() - lost.since.monoMs > TOLD_MS) lost = undefined;
      return together([fails, fails === undefined ? full : undefined, lost].filter((one) => one !== undefined));
    },
  };
}

function together(all: readonly StoreTrouble[]): StoreTrouble | undefined {
  const [first] = all.toSorted((a, b) => a.since.monoMs - b.since.monoMs);
  if (first === undefined) return undefined;
  const message = all.map((one) => one.message).join('. ');
  return { since: first.since, grave: all.some(({ grave }) => grave), message };
}

const failingText = ({ failure, problem }: Failing): string =>
  `${problem}. Alerts are told from memory; what is not written is forgotten if Outrider ends now. ${ADVICE[failure]}`;

const fullText = (name: string, freeBytes: number): string =>
  `the disk of ${name} is full (${Math.floor(freeBytes / 1024)} KiB left). Alerts are kept in room that Outrider has reserved there, history is not kept. ${ADVICE.full}`;

const logMissingText = (name: string): string =>
  `${name}-wal was missing at the start, with the last commits before Outrider was killed: silences, maintenance and ends of alerts may be missing. It belongs to ${name}: who moves or copies one takes both`;

function setAsideText(name: string, { path, why, kept }: SetAside): string {
  const saved =
    kept === 'all'
      ? 'Everything that Outrider knew was written to a new one'
      : `A new one was begun with ${kept} documents that could be read of it: silences, maintenance and ends of alerts may be missing`;
  return `${name} was broken (${why}) and is set aside as ${path}. ${saved}. Look after the disk; the old file may then be deleted`;
}
