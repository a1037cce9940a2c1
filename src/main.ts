import { readFileSync } from 'node:fs';
import { openOffline, startApp } from './app.ts';
import type { ExitCode, Surroundings } from './cli/contract.ts';
import { runCommandLine } from './cli/program.ts';
import { type Flags, type FromFile, listenSetting, splitListen } from './cli/settings.ts';
import { systemClock } from './core/clock.ts';
import { errorText, OutriderError } from './core/errors.ts';
import type { LogFormat, LogLevel } from './core/log.ts';
import { openLog } from './log.ts';

/** A stop that takes longer is cut: supervisors wait 10 s before they kill. */
const STOP_MS = 4500;

const { env } = process;
const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
const offline = openOffline(env, systemClock);

/** The daemon: until SIGTERM or SIGINT; SIGHUP reads the config again. */
async function run(flags: Flags, files: readonly string[]): Promise<ExitCode> {
  const level = (flags.logLevel ?? flags['log.level'] ?? env['OUTRIDER_LOG_LEVEL'] ?? 'info') as LogLevel;
  const chosen = flags.logFormat ?? flags['log.format'] ?? env['OUTRIDER_LOG_FORMAT'];
  const format = (chosen ?? (process.stderr.isTTY === true ? 'pretty' : 'logfmt')) as LogFormat;
  const log = openLog({ level, format, write: (line) => process.stderr.write(line) });
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an error of Outrider’s own'));

  const app = await startApp({
    load: () => offline.load(files),
    listen: (file) => listenOf(flags, file),
    clock: systemClock,
    log,
    build: { version, revision: env['OUTRIDER_REVISION'] ?? '' },
    random: Math.random,
  });
  process.on('SIGHUP', () => void app.reload());
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  log.info({ signal }, 'Outrider stops');
  const cut = systemClock.after(STOP_MS, () => process.exit(0));
  await app.stop();
  cut[Symbol.dispose]();
  return 0;
}

function listenOf(flags: Flags, file: FromFile): { readonly host: string; readonly port: number } {
  const { value } = listenSetting(flags, env, file);
  const split = splitListen(value);
  if (split === undefined) throw new OutriderError('usage', `listen: expected host:port, got "${value}"`);
  return split;
}

const surroundings: Surroundings = {
  env,
  version: `outrider ${version} (Node ${process.versions.node})`,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  run,
  ...offline,
};

try {
  process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
} catch (error) {
  process.stderr.write(`${error instanceof OutriderError ? error.message : errorText(error)}\n`);
  process.exitCode = error instanceof OutriderError && error.code === 'usage' ? 2 : 1;
}
// What is still open (a socket that lingers, a watcher) does not hold the process.
process.exit();
