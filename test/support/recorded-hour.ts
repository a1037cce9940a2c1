import { senderOf } from '../../src/audience.ts';
import type { Config } from '../../src/config/config.ts';
import type { Alert } from '../../src/core/alert.ts';
import { type Labels, labelsKey } from '../../src/core/labels.ts';
import type { ProbeResult, Turn } from '../../src/core/result.ts';
import { alertBlocks } from '../../src/observe/alert-blocks.ts';
import type { Effects } from '../../src/pipeline.ts';
import { parseExposition } from './peer.ts';
import type { Point } from './recorded.ts';
import { openStages, RULES } from './scenario.ts';

/** How a target fares at a time: down, or up with what it measures. */
export type Faring = 'down' | Readonly<Record<string, number>>;

/** Something that people or others do. */
export interface Act {
  readonly atSeconds: number;
  readonly act: (stages: ReturnType<typeof openStages>, nowMs: number) => Effects | undefined;
}

/** What the daemon told to be firing, by its labels, at one time. */
export interface Told {
  readonly atMs: number;
  readonly firing: ReadonlyMap<string, Labels>;
}

export const BEGIN_MS = Date.UTC(2026, 0, 15, 12);
const HOUR_S = 3600;
export const SCRAPE_MS = 15_000;
const SCRAPED = { job: 'outrider', instance: 'outrider:9875' };

/** An hour of the whole pipeline in virtual time: what it told, and what a Prometheus scraped of it meanwhile. */
export function recordHour(config: Config, fares: (target: string, seconds: number) => Faring, acts: readonly Act[]) {
  const stages = openStages();
  const { pipeline, correlator, changes } = stages;
  const points: Point[] = [];
  const told: Told[] = [];
  const firing = new Map<string, Alert>();
  let again: readonly { readonly target: string; readonly atMs: number }[] = [];
  let ms = 0;
  const now = () => ({ monoMs: ms, wallMs: BEGIN_MS + ms });

  const take = (effects: Effects | undefined) => {
    for (const { status, alert } of effects?.notices ?? []) {
      if (alert.origin !== 'own') continue;
      if (status === 'firing') firing.set(labelsKey(alert.labels), alert);
      else firing.delete(labelsKey(alert.labels));
    }
    for (const { target, afterMs } of effects?.probeNow ?? []) again = [...again, { target, atMs: ms + afterMs }];
  };
  const probe = (target: string, turn: Turn) => {
    const at = now();
    const faring = fares(target, ms / 1000);
    const ran = { target, turn, at, series: [] };
    const result: ProbeResult =
      faring === 'down'
        ? { ...ran, ...seen({ up: 0, failed: 1 }), outcome: 'down', reason: 'refused', message: 'refused' }
        : { ...ran, ...seen({ up: 1, failed: 0, duration: 0.02, ...faring }), outcome: 'up', gaps: [] };
    changes.seen(target, result.outcome === 'up', at.wallMs);
    take(pipeline.onResult(result, at));
  };
  const scrape = () => {
    const atMs = BEGIN_MS + ms;
    const text = [...alertBlocks(correlator.glimpses())].flatMap(({ lines }) => [...lines()]).join('\n');
    for (const [name, series] of parseExposition(`${text}\n`))
      for (const { labels, value } of series) points.push({ name, labels: { ...SCRAPED, ...labels }, atMs, value });
    points.push({ name: 'outrider_sender_info', labels: filled({ ...SCRAPED, ...senderOf(config) }), atMs, value: 1 });
    for (const { target } of config.targets) {
      const labels = { ...SCRAPED, target: target.name, type: target.type, service: config.service };
      points.push({ name: 'outrider_target_info', labels, atMs, value: 1 });
    }
    told.push({ atMs, firing: new Map([...firing].map(([key, { labels }]) => [key, labels])) });
  };

  take(
    pipeline.retarget(
      config.targets.map(({ target }) => ({ target, ownMeasures: [] })),
      { ...RULES, service: config.service },
      now(),
    ),
  );
  for (; ms < HOUR_S * 1000; ms += 500) {
    for (const { act } of acts.filter(({ atSeconds }) => atSeconds * 1000 === ms)) take(act(stages, BEGIN_MS + ms));
    const due = again.filter(({ atMs }) => atMs <= ms);
    again = again.filter(({ atMs }) => atMs > ms);
    for (const { target } of due) probe(target, 'extra');
    for (const [index, { target }] of config.targets.entries())
      if (ms % target.intervalMs === (index * 1000) % target.intervalMs) probe(target.name, 'scheduled');
    take(pipeline.onTick(now()));
    if (ms % SCRAPE_MS === SCRAPE_MS - 500) scrape();
  }
  return { points, told };
}

const seen = (measured: Readonly<Record<string, number>>) => ({
  durationMs: 20,
  measures: Object.entries(measured).map(([name, value]) => ({ name, value })),
});

/** An empty label is none. */
const filled = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
