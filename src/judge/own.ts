import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { NO_LABELS } from '../core/labels.ts';
import { BLIND_ALERT, STORE_ALERT } from '../core/own-alert.ts';
import type { ProbeResult } from '../core/result.ts';
import type { StoreTrouble } from '../core/store.ts';
import type { Watch } from './watch.ts';

type Inconclusive = Extract<ProbeResult, { readonly outcome: 'inconclusive' }>;

/** Signs further apart than this are not one trouble. */
const APART_MS = 60_000;
/** A trouble that lasts shorter is nobody's business: what it hid was looked at again, what was not kept was made up for. */
const BLIND_MS = 30_000;
const STORE_MS = 60_000;

/** Signs that followed each other closely: when they began, and the last one. */
interface OwnTrouble {
  readonly since: Instant;
  readonly seenMs: number;
  readonly lastMs: number;
  /** When people are told of it, where it lasts so long. */
  readonly dueMs: number;
  readonly message: string;
}

/** An alert about Outrider itself. */
interface OwnActive extends Watch {
  readonly spec: AlertSpec;
  readonly instance: string;
  readonly severity: AlertSpec['severity'];
}

/** Outrider's own troubles, each one alert while it lasts. */
export interface Own {
  /** One more result that says nothing of its target. */
  onInconclusive(result: Inconclusive, nowMs: number): void;
  /** The alerts that are in force; undefined where there was and is none. */
  active(nowMs: number): readonly OwnActive[] | undefined;
}

/** No trouble yet; the store says of itself what is wrong with it. */
export function openOwn(storeTrouble: () => StoreTrouble | undefined): Own {
  let blind: OwnTrouble | undefined;
  let store: OwnTrouble | undefined;

  const lookAtStore = (nowMs: number) => {
    const said = storeTrouble();
    if (said === undefined) return;
    const { since, grave, message } = said;
    const dueMs = grave ? nowMs : since.monoMs + STORE_MS;
    const before = still(store, nowMs) ?? { since, seenMs: nowMs, dueMs };
    store = { ...before, lastMs: nowMs, dueMs: Math.min(dueMs, before.dueMs), message };
  };
  return {
    onInconclusive({ at, message }, nowMs) {
      const before = still(blind, nowMs) ?? { since: at, seenMs: nowMs, dueMs: nowMs + BLIND_MS };
      blind = { ...before, lastMs: nowMs, message };
    },
    active(nowMs) {
      lookAtStore(nowMs);
      if (blind === undefined && store === undefined) return undefined;
      blind = still(blind, nowMs);
      store = still(store, nowMs);
      return [...watchOf(BLIND_ALERT, blind), ...watchOf(STORE_ALERT, store)];
    },
  };
}

/** The trouble where it is not over by now. */
const still = (trouble: OwnTrouble | undefined, nowMs: number): OwnTrouble | undefined =>
  trouble !== undefined && nowMs - trouble.lastMs > APART_MS ? undefined : trouble;

function watchOf(spec: AlertSpec, trouble: OwnTrouble | undefined): readonly OwnActive[] {
  if (trouble === undefined || trouble.lastMs < trouble.dueMs) return [];
  const { since, seenMs, dueMs, message } = trouble;
  const watch: Watch = {
    labels: NO_LABELS,
    phase: 'firing',
    since,
    seenMs,
    firingMs: dueMs,
    lapsedMs: undefined,
    message,
  };
  return [{ ...watch, spec, instance: '', severity: spec.severity }];
}
