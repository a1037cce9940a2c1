import { readFileSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { type App, openOffline, startApp } from './app.ts';
import type { ExitCode, Surroundings } from './cli/contract.ts';
import { runCommandLine } from './cli/program.ts';
import {
  checkStore,
  type Flags,
  listenSetting,
  logFormatSetting,
  logLevelSetting,
  storeSetting,
  toAddress,
  toLogFormat,
  toLogLevel,
} from './cli/settings.ts';
import { systemClock } from './core/clock.ts';
import { errorText } from './core/errors.ts';
import type { Logger } from './core/log.ts';
import { openLog } from './log.ts';

/** A stop that takes longer is cut: supervisors wait 10 s before they kill. */
const STOP_MS = 4500;

/** By default the old generation may grow to several times what lives in it: at 10,000 targets that doubles the process. */
const HEAP_GROWING = '--heap-growing-percent=40';

const { env, stdout, stderr } = process;
const onTerminal = stderr.isTTY === true;
const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
const offline = openOffline(env, systemClock);

// Looked at where it matters: a daemon outlives whoever read its log, and an answer is judged at the end.
for (const stream of [stdout, stderr]) stream.on('error', () => {});

/** The daemon: until SIGTERM or SIGINT; SIGHUP reads the config again. */
async function run(flags: Flags, files: readonly string[]): Promise<ExitCode> {
  setFlagsFromString(HEAP_GROWING);
  const level = toLogLevel(logLevelSetting(flags, env));
  const format = toLogFormat(logFormatSetting(flags, env, onTerminal));
  const log = openLog({ level, format, write: writeLog });
  let app: App | undefined;
  sayBugs(log, () => app?.stray());
  let reloadAsked = false;
  process.on('SIGHUP', () => {
    reloadAsked = true;
    app?.reload().catch((error: unknown) => log.error({ err: error }, 'the reload failed'));
  });
  const told = new Promise<string>((resolve) => {
    // Not `once`: a terminal and a parent may both pass on the same Ctrl-C.
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve(name));
  });

  app = await startApp({
    load: () => offline.load(files),
    listen: (file) => toAddress(listenSetting(flags, env, file)),
    store(file) {
      const store = storeSetting(flags, env, file);
      checkStore(store);
      return store.value;
    },
    clock: systemClock,
    log,
    build: { version, revision: env['OUTRIDER_REVISION'] ?? '' },
    random: Math.random,
  });
  // A SIGHUP while it started: what was read then may be old already.
  if (reloadAsked) await app.reload();
  const signal = await told;
  log.info({ signal }, 'Outrider stops');
  const cut = systemClock.after(STOP_MS, () => killMyself(log, 'the stop takes too long'));
  await app.stop().catch((error: unknown) => killMyself(log, error));
  cut[Symbol.dispose]();
  return 0;
}

/** An exit would wait for a thread that waits for a dead disk, for as long as that takes. */
function killMyself(log: Logger, problem: unknown): void {
  log.error({ problem: errorText(problem) }, 'Outrider could not stop as it should: it ends at once');
  process.kill(process.pid, 'SIGKILL');
}

/** A reader that stands still costs log lines, not memory. */
const MOST_WAITING_BYTES = 1024 ** 2;

/** A log that cannot be written is no reason to stop watching, and a disk that was full may have room again. */
function writeLog(line: string): void {
  if (stderr.errored === null) {
    if (stderr.writableLength < MOST_WAITING_BYTES) stderr.write(line);
    return;
  }
  try {
    // A stream takes nothing more after its first error.
    writeSync(stderr.fd, line);
  } catch {
    // There is nowhere left to say it.
  }
}

function sayBugs(log: Logger, onStray: () => void): void {
  process.on('unhandledRejection', (error) => {
    onStray();
    log.error({ err: error }, 'an error of Outrider’s own');
  });
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'an error of Outrider’s own; it ends');
    process.exit(1);
  });
}

const surroundings: Surroundings = {
  env,
  version: `outrider ${version} (Node ${process.versions.node})`,
  clock: systemClock,
  onTerminal,
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  style: (style, text) => styleText(style, text, { stream: stdout }),
  run,
  ...offline,
};

try {
  process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
} catch (error) {
  stderr.write(`an error of Outrider’s own: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
if (stdout.errored === null) await new Promise<void>((resolve) => stdout.write('', () => resolve()));
const unwritten: NodeJS.ErrnoException | null = stdout.errored;
// A reader that has seen enough (`outrider schema | head`) is no failure.
if (unwritten !== null && unwritten.code !== 'EPIPE') {
  stderr.write(`error: the answer could not be written: ${unwritten.message}\n`);
  process.exitCode = 1;
}
// What is still open (a socket that lingers, a watcher) does not hold the process.
process.exit();
