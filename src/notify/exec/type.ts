import { basename, resolve } from 'node:path';
import { env as own } from 'node:process';
import { z } from 'zod';
import { duration } from '../../core/schema.ts';
import { type Scrub, scrubber } from '../../core/secret.ts';
import type { Delivery, Message, ReceiverEnvironment, ReceiverType } from '../contract.ts';
import { groupKeys } from '../keys.ts';
import { GROUPED } from '../manner.ts';
import { cut, oneLine } from '../text/line.ts';
import { viewOf } from '../text/view.ts';
import { toWebhookPayload } from '../webhook/payload.ts';
import { type Ended, runProgram } from './program.ts';

/** What one attempt to deliver has; the program is killed a little sooner, so that it is known to be dead. */
const LONGEST_MS = 10_000;
const DEFAULT_MS = 9500;

const schema = z.strictObject({
  type: z.literal('exec').describe('A program on this machine: gets what a webhook gets, on its standard input.'),
  run: z
    .array(z.string())
    .refine(([program = '']) => program !== '', { error: 'expected a program, then its arguments' })
    .transform(([program = '', ...args]) => [program, ...args] as const)
    .describe('The program and its arguments, as a list: no shell reads them.'),
  dir: z.string().min(1).optional().describe('The folder it runs in; default that of the config file.'),
  timeout: duration()
    .refine((ms) => ms > 0 && ms <= LONGEST_MS, { error: 'expected more than 0s and at most 10s' })
    .optional()
    .describe('How long it may take before it is killed with all that it started; at most 10s, default 9500ms.'),
  ...groupKeys,
});

/** A program on this machine, run once for each message. */
export const exec: ReceiverType<typeof schema> = {
  type: 'exec',
  schema,
  manner: { ...GROUPED, batch: 256 },
  async open({ run: [written, ...args], dir, timeout }, environment) {
    const { receiver, filesFrom, clock } = environment;
    // A name alone is looked up in PATH; a path goes by the config file, as all paths do.
    const program = written.includes('/') ? resolve(filesFrom, written) : written;
    const folder = resolve(filesFrom, dir ?? '.');
    const scrub = scrubber(args.flatMap(secretsIn));
    const closing = new AbortController();
    return [
      {
        name: `${receiver} ${basename(program)}`,
        async send(message, { nowMs, signal }) {
          const ended = await runProgram({
            run: [program, ...args],
            dir: folder,
            env: variables(message, environment, nowMs),
            input: JSON.stringify(toWebhookPayload(message, environment)),
            timeoutMs: timeout ?? DEFAULT_MS,
            clock,
            signal: AbortSignal.any([signal, closing.signal]),
          });
          return toDelivery(ended, { program, folder, timeoutMs: timeout ?? DEFAULT_MS, scrub });
        },
        // Nobody would end it at its deadline any more.
        [Symbol.asyncDispose]: async () => closing.abort(),
      },
    ];
  },
};

/** Nothing else of Outrider's environment, where its secrets are. */
const PASSED_ON = ['PATH', 'HOME', 'LANG'];
/** The system takes 128 KiB for one variable, and titles are for people. */
const LONGEST_VALUE = 1000;

function variables(message: Message, environment: ReceiverEnvironment, nowMs: number): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  const { key, group, step, severity, title, firing } = viewOf(message, environment, nowMs);
  const told = {
    OUTRIDER_KEY: key,
    OUTRIDER_STATUS: firing ? 'firing' : 'resolved',
    OUTRIDER_SEVERITY: severity,
    OUTRIDER_GROUP: group,
    OUTRIDER_STEP: step,
    OUTRIDER_TITLE: title,
  };
  const safe = Object.entries(told).map(([name, value]) => [name, cut(oneLine(value), LONGEST_VALUE)] as const);
  return Object.fromEntries([...passed, ...safe]);
}

/** Shorter arguments are words. */
const SHORTEST_TOKEN = 8;

/** An argument may be a token, unless it is a path: `--key=…` holds one after the sign. */
const secretsIn = (argument: string): readonly string[] =>
  [argument.replace(/^--?[\w-]+=/, '')].filter((text) => text.length >= SHORTEST_TOKEN && !/^[./-]/.test(text));

interface Ran {
  readonly program: string;
  readonly folder: string;
  readonly timeoutMs: number;
  readonly scrub: Scrub;
}

/** The shell's codes for what cannot be run and what is not there: so it will be the next time. */
const FINAL_CODES = [126, 127];
/** Not there, not allowed, no program, arguments too long or with a NUL. */
const FINAL_ERRORS = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENOEXEC', 'ELOOP', 'E2BIG', 'ERR_INVALID_ARG_VALUE'];

function toDelivery(ended: Ended, { program, folder, timeoutMs, scrub }: Ran): Delivery {
  switch (ended.how) {
    case 'exited': {
      if (ended.code === 0) return { ok: true };
      const isFinal = FINAL_CODES.includes(ended.code);
      const message = withWords(`exit code ${ended.code}`, ended.said, scrub);
      return { ok: false, retry: !isFinal, reason: isFinal ? 'client' : 'server', message };
    }
    case 'killed':
      return failed('server', withWords(`ended by ${ended.by}`, ended.said, scrub));
    case 'not-started': {
      const message = `${program} cannot be run in ${folder}: ${ended.code}`;
      return FINAL_ERRORS.includes(ended.code)
        ? { ok: false, retry: false, reason: 'client', message }
        : { ok: false, retry: true, reason: 'server', message };
    }
    case 'late':
      return failed('timeout', withWords(`did not end within ${timeoutMs / 1000}s`, ended.said, scrub));
    case 'aborted':
      return failed('timeout', 'was stopped before it ended');
  }
}

/** Nobody knows what it did before it was ended. */
const failed = (reason: 'server' | 'timeout', message: string): Delivery => ({
  ok: false,
  retry: true,
  reason,
  message,
  maybeTaken: true,
});

/** So much of what it said is shown to people: the last of it. */
const EXCERPT_CHARS = 200;

function withWords(what: string, said: string, scrub: Scrub): string {
  const words = scrub(oneLine(said));
  if (words === '') return what;
  return `${what}: ${words.length > EXCERPT_CHARS ? `…${words.slice(-EXCERPT_CHARS).toWellFormed()}` : words}`;
}
