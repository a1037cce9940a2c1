import type { Config, ConfiguredReceiver, ConfiguredTarget } from '../config/config.ts';
import type { LoadResult } from '../config/load.ts';
import type { TargetOfUrl } from '../config/url.ts';
import type { Clock } from '../core/clock.ts';
import type { ProbeResult } from '../core/result.ts';
import type { Env, Flags } from './settings.ts';

/** 0 good, 1 the answer is bad (down, invalid), 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

export type Style = 'bold' | 'red' | 'green' | 'yellow';

/** What one address of a receiver answered to a test message, and after how long. */
export interface Tried {
  readonly peer: string;
  readonly delivery:
    | { readonly ok: true }
    | {
        readonly ok: false;
        readonly retry: boolean;
        readonly reason: string;
        readonly message: string;
        readonly maybeTaken?: true;
      };
  readonly tookMs: number;
}

/** What the commands need of the process and of the stages; `main.ts` supplies it. */
export interface Surroundings {
  readonly env: Env;
  readonly version: string;
  readonly clock: Clock;
  /** Whether a person watches what is said beside the answer. */
  readonly onTerminal: boolean;
  /** The answer, and nothing else. */
  out(text: string): void;
  /** Everything else. */
  err(text: string): void;
  /** Part of an answer in a style, where the answer goes to a terminal. */
  style(style: Style, text: string): string;
  load(files: readonly string[]): Promise<LoadResult>;
  /** Runs the daemon until it is told to stop. */
  run(flags: Flags, files: readonly string[]): Promise<ExitCode>;
  /** One probe of a target, now, within the config's limits if there is one. */
  probe(target: ConfiguredTarget, config: Config | undefined): Promise<ProbeResult>;
  /** A target made of a URL alone, or why none can be. */
  targetOf(url: string): TargetOfUrl;
  /** Tells every address of a receiver that this is a test; throws where it cannot be opened. */
  tryReceiver(receiver: ConfiguredReceiver, config: Config): Promise<readonly Tried[]>;
  /** The JSON Schema of the config file. */
  schema(): Promise<object>;
}
