import { type Bucket, emptyBucket, enter } from '../core/bucket.ts';
import { recordOf } from '../core/bucket-record.ts';
import { HEALTH, HOUR_MS, MINUTE_MS, type MinuteRow, OF_HEALTH } from '../core/history.ts';
import { type Labels, labelsKey, NO_LABELS } from '../core/labels.ts';
import type { ProbeResult, Sample } from '../core/result.ts';

/** What of a target is remembered beside its results. */
export interface Remembered {
  readonly target: string;
  /** Measures that are kept whatever else there is: its own, and those that are compared with what they usually are. */
  readonly always: ReadonlySet<string>;
  /** Measures that its alerts watch: kept as long as there is room. */
  readonly watched: ReadonlySet<string>;
}

/** Puts results together by the minute. */
export interface Recorder {
  /** Takes these targets from now on and hands out what is left of the others; `mostWatched` bounds the series of all of them that are watched. */
  retarget(targets: readonly Remembered[], mostWatched: number): readonly MinuteRow[];
  /** Scheduled results are samples; one in a maintenance is counted as such and says nothing else. */
  record(result: ProbeResult, inMaintenance: boolean): void;
  /** What the minutes before this one came to, of at most so many targets; empty once all have been asked since the minute began. */
  take(nowMs: number, most: number): readonly MinuteRow[];
  /** All that is not handed out, the minute that goes on included. */
  takeAll(): readonly MinuteRow[];
}

/** One minute of one series. */
interface Minute {
  readonly atMs: number;
  readonly bucket: Bucket;
}

interface Kept {
  readonly measure: string;
  readonly labels: Labels;
  /** The last one may go on. */
  minutes: Minute[];
}

interface Track {
  what: Remembered;
  readonly health: Kept;
  /** By measure and labels; most targets have none. */
  others: Map<string, Kept> | undefined;
}

/** More instances of one target than this are not kept. */
const MOST_INSTANCES = 50;
/** Where nobody takes what was recorded, the oldest minutes are given up. */
const MOST_MINUTES = 10;

/** An empty recorder. */
export function openRecorder(): Recorder {
  let tracks = new Map<string, Track>();
  let mostWatched = 0;
  let watchedCount = 0;
  let pass: Iterator<Track> | undefined;
  let passed = Number.NEGATIVE_INFINITY;

  const keptOf = (track: Track, { name, labels = NO_LABELS }: Sample): Kept | undefined => {
    const { always, watched } = track.what;
    const isAlways = always.has(name);
    if (!isAlways && !watched.has(name)) return undefined;
    const key = labels === NO_LABELS ? name : `${name} ${labelsKey(labels)}`;
    const known = track.others?.get(key);
    if (known !== undefined) return known;
    if ((track.others?.size ?? 0) >= MOST_INSTANCES || (!isAlways && watchedCount >= mostWatched)) return undefined;
    if (!isAlways) watchedCount++;
    const kept: Kept = { measure: name, labels, minutes: [] };
    track.others ??= new Map();
    track.others.set(key, kept);
    return kept;
  };

  /** The minutes of a target that are over, as rows. */
  const drain = (track: Track, beforeMs: number): readonly MinuteRow[] => {
    const { others, what } = track;
    const rows: MinuteRow[] = [];
    for (const kept of others === undefined ? [track.health] : [track.health, ...others.values()]) {
      const { measure, labels, minutes } = kept;
      if (minutes.length === 0) continue;
      for (const { atMs, bucket } of minutes) {
        if (atMs >= beforeMs) continue;
        const slot = Math.floor((atMs % HOUR_MS) / MINUTE_MS);
        rows.push({ target: what.target, measure, labels, atMs, record: recordOf(slot, bucket) });
      }
      kept.minutes = minutes.filter(({ atMs }) => atMs >= beforeMs);
    }
    return rows;
  };

  return {
    retarget(targets, most) {
      const before = tracks;
      tracks = new Map(targets.map((what) => [what.target, retargeted(before.get(what.target), what)]));
      mostWatched = most;
      watchedCount = 0;
      for (const { others, what } of tracks.values())
        for (const { measure } of others?.values() ?? []) if (!what.always.has(measure)) watchedCount++;
      pass = undefined;
      return [...before].flatMap(([target, track]) =>
        tracks.has(target) ? [] : drain(track, Number.POSITIVE_INFINITY),
      );
    },
    record(result, inMaintenance) {
      const track = tracks.get(result.target);
      if (track === undefined || result.turn !== 'scheduled' || result.outcome === 'skipped') return;
      const atMs = result.at.wallMs;
      const bucket = bucketAt(track.health, atMs);
      if (inMaintenance) bucket.maintained++;
      else if (result.outcome === 'inconclusive') bucket.inconclusive++;
      else if (result.outcome === 'up') enter(bucket, result.durationMs / 1000);
      else {
        bucket.down++;
        bucket.downSum += result.durationMs / 1000;
      }
      if (inMaintenance || result.outcome === 'inconclusive') return;
      const { always, watched } = track.what;
      if (always.size + watched.size === 0) return;
      for (const sample of result.measures) {
        if (!Number.isFinite(sample.value)) continue;
        const kept = keptOf(track, sample);
        if (kept !== undefined) enter(bucketAt(kept, atMs), sample.value);
      }
    },
    take(nowMs, most) {
      const minute = Math.floor(nowMs / MINUTE_MS);
      if (minute !== passed) {
        passed = minute;
        pass = tracks.values();
      }
      const rows: MinuteRow[] = [];
      for (let left = most; left > 0 && pass !== undefined; left--) {
        const next = pass.next();
        if (next.done === true) pass = undefined;
        else rows.push(...drain(next.value, minute * MINUTE_MS));
      }
      return rows;
    },
    takeAll: () => [...tracks.values()].flatMap((track) => drain(track, Number.POSITIVE_INFINITY)),
  };
}

const without = (measures: ReadonlySet<string>): ReadonlySet<string> => measures.difference(OF_HEALTH);

function retargeted(before: Track | undefined, what: Remembered): Track {
  const own = { ...what, always: without(what.always), watched: without(what.watched) };
  const track = before ?? { what: own, health: { measure: HEALTH, labels: NO_LABELS, minutes: [] }, others: undefined };
  track.what = own;
  for (const [key, { measure }] of track.others ?? [])
    if (!own.always.has(measure) && !own.watched.has(measure)) track.others?.delete(key);
  return track;
}

function bucketAt({ measure, minutes }: Kept, atMs: number): Bucket {
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  const known = minutes.findLast((minute) => minute.atMs === minuteMs);
  if (known !== undefined) return known.bucket;
  const bucket = emptyBucket(measure === HEALTH);
  minutes.push({ atMs: minuteMs, bucket });
  if (minutes.length > MOST_MINUTES) minutes.shift();
  return bucket;
}
