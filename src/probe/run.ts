import type { Clock } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { errorText } from '../core/errors.ts';
import type { Gap, Observation, ProbeResult, Sample, Turn } from '../core/result.ts';
import type { Scrub } from '../core/secret.ts';
import type { Prober } from './contract.ts';
import { connectionFailure, isOwnLimit } from './failure.ts';

/** A prober that does not let go by then is left behind; the result does not wait for it. */
const LET_GO_MS = 50;

export interface RunOptions {
  readonly prober: Pick<Prober, 'run'>;
  readonly target: { readonly name: string; readonly timeoutMs: number; readonly hosts: readonly string[] };
  readonly turn: () => Turn;
  readonly clock: Clock;
  readonly scrub: Scrub;
  /** Takes the run's abort, for a stop; the answer is called when the run is over. */
  readonly onAbortable?: (abort: () => void) => () => void;
}

const EXPIRED = Symbol('expired');

/** One probe with one absolute deadline that is enforced here, outside every driver. Never throws. */
export async function runProbe(options: RunOptions): Promise<ProbeResult> {
  const { prober, target, clock } = options;
  const at = clock.now();
  const abort = new AbortController();
  const over = options.onAbortable?.(() => abort.abort());
  let deadline: Disposable | undefined;
  try {
    const running = prober.run({ signal: abort.signal, timeoutMs: target.timeoutMs });
    running.catch(() => {}); // its failure is read below, or no longer of interest
    const expired = new Promise<typeof EXPIRED>((resolve) => {
      deadline = clock.after(target.timeoutMs, () => resolve(EXPIRED));
    });
    const first = await Promise.race([running, expired]);
    const seen = first === EXPIRED ? await expire(running, abort, options) : first;
    return finish(seen, at, options);
  } catch (error) {
    if (isOwnLimit(error)) {
      const message = options.scrub(errorText(error));
      return { outcome: 'inconclusive', why: 'own-limits', message, target: target.name, turn: options.turn(), at };
    }
    return finish(thrown(error, clock.monoMs() - at.monoMs, target), at, options);
  } finally {
    deadline?.[Symbol.dispose]();
    over?.();
  }
}

/** Aborts, gives the prober a moment to say what it was waiting for, and makes it a timeout in any case. */
async function expire(
  running: Promise<Observation>,
  abort: AbortController,
  options: RunOptions,
): Promise<Observation> {
  const { clock, target } = options;
  abort.abort();
  let letGo: Disposable | undefined;
  const gone = new Promise<undefined>((resolve) => {
    letGo = clock.after(LET_GO_MS, () => resolve(undefined));
  });
  const last = await Promise.race([running.catch(() => undefined), gone]);
  letGo?.[Symbol.dispose]();
  const message =
    last?.outcome === 'down' && last.reason === 'timeout'
      ? last.message
      : `no answer within ${formatDuration(target.timeoutMs)}`;
  return { outcome: 'down', reason: 'timeout', message, durationMs: target.timeoutMs, measures: [], series: [] };
}

function thrown(error: unknown, durationMs: number, target: RunOptions['target']): Observation {
  const failure = connectionFailure(error, target.hosts[0] ?? target.name) ?? {
    reason: 'internal' as const,
    message: errorText(error),
  };
  return { outcome: 'down', ...failure, durationMs, measures: [], series: [] };
}

const HEALTH = {
  up: { up: { name: 'up', value: 1 }, failed: { name: 'failed', value: 0 } },
  down: { up: { name: 'up', value: 0 }, failed: { name: 'failed', value: 1 } },
} as const;

function finish(seen: Observation, at: ProbeResult['at'], options: RunOptions): ProbeResult {
  const health = HEALTH[seen.outcome];
  const duration: Sample = { name: 'duration', value: seen.durationMs / 1000 };
  const measures = [health.up, health.failed, duration, ...seen.measures];
  const ran = { target: options.target.name, turn: options.turn(), at, measures, ...scrubbed(seen, options.scrub) };
  if (seen.outcome === 'up') return { ...seen, ...ran };
  return { ...seen, ...ran, message: options.scrub(seen.message) };
}

/** What may quote the service, and the service may have repeated what it was sent. */
function scrubbed({ evidence, gaps }: Observation, scrub: Scrub): Pick<Observation, 'evidence' | 'gaps'> {
  const clean: { evidence?: Record<string, string>; gaps?: readonly Gap[] } = {};
  if (evidence !== undefined) {
    clean.evidence = {};
    for (const name in evidence) clean.evidence[name] = scrub(evidence[name] ?? '');
  }
  if (gaps !== undefined) clean.gaps = gaps.map(({ measures, why }) => ({ measures, why: scrub(why) }));
  return clean;
}
