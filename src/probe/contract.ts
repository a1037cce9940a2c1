import type { z } from 'zod';
import type { BuiltInAlert } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { MeasureSpec, SeriesSpec } from '../core/measure.ts';
import type { Observation } from '../core/result.ts';
import type { Resolver } from './resolver.ts';

/** What a prober is told about one run. */
export interface Run {
  /** Aborts at the deadline; the prober lets go of everything it holds for this run within 50 ms. */
  readonly signal: AbortSignal;
  /** The target's timeout: the whole run, statistics included, ends by it. */
  readonly timeoutMs: number;
}

/** One open target. Its runs never overlap. */
export interface Prober extends AsyncDisposable {
  /** Looks once. A refused, failed or slow service is an answer (`outcome: 'down'`), not an exception; a throw is classified by `probe/failure.ts`. */
  run(run: Run): Promise<Observation>;
}

/** What a prober may use of its surroundings. */
export interface ProbeEnvironment {
  readonly target: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolver: Resolver;
  /** Most instances (label sets) that one measure may have; what is over is left out and said as a gap. */
  readonly maxSeries: number;
  /** Default bound of a decompressed body, bytes. */
  readonly maxBodyBytes: number;
  /** The folder that relative file names in the config go by. */
  readonly filesFrom: string;
}

/** A kind of service. One folder or file, one test, one line in `registry.ts`. */
export interface ProbeType<S extends z.ZodType<{ type: string }> = z.ZodType<{ type: string }>> {
  readonly type: z.output<S>['type'];
  /** How people write it: `HTTP`, `Postgres`. */
  readonly title: string;
  /** A strict object of the config keys of this type alone (with `type`), each with `.describe(…)`: the reference and JSON Schema come from it. */
  readonly schema: S;
  readonly measures: readonly MeasureSpec[];
  readonly series: readonly SeriesSpec[];
  readonly alerts: readonly BuiltInAlert[];
  /** Host names or addresses that it asks, without ports. */
  hosts(config: z.output<S>): readonly string[];
  /** Measures that this config defines by itself, beside `measures`. */
  ownMeasures?(config: z.output<S>): readonly MeasureSpec[];
  /** How a URL alone makes a target: its schemes, and the config keys that stand for it. */
  readonly byUrl: { readonly schemes: readonly string[]; keys(url: string): object };
  /** Opens no connection; drivers are imported here (`await import`), never at the top of a file. */
  open(config: z.output<S>, environment: ProbeEnvironment): Promise<Prober>;
}
