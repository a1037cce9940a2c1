import { openOffline } from '../../src/app.ts';
import type { Surroundings } from '../../src/cli/contract.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import type { Env, Flags } from '../../src/cli/settings.ts';
import { systemClock } from '../../src/core/clock.ts';

/** What a command did: its exit code, what it wrote to each stream, and how it would have started the daemon. */
export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly ran: { readonly flags: Flags; readonly files: readonly string[] } | undefined;
}

/** Types a command line into a terminal of this process; everything but the daemon is the real thing. */
export async function type(
  args: readonly string[],
  env: Env = {},
  changes: Partial<Surroundings> = {},
): Promise<Typed> {
  let out = '';
  let err = '';
  let ran: Typed['ran'];
  const code = await runCommandLine(args, {
    env,
    version: 'outrider 1.2.3',
    clock: systemClock,
    onTerminal: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    style: (_, text) => text,
    run: async (flags, files) => {
      ran = { flags, files };
      return 0;
    },
    ...openOffline(env, systemClock),
    ...changes,
  });
  return { code, out, err, ran };
}
