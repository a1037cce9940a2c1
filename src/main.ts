import { readFileSync } from 'node:fs';
import { startApp } from './app.ts';
import type { ExitCode, Surroundings } from './cli/contract.ts';
import { runCommandLine } from './cli/program.ts';
import { type Flags, listenSetting, splitListen } from './cli/settings.ts';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load.ts';
import { targetOfUrl } from './config/url.ts';
import { systemClock } from './core/clock.ts';
import { errorText, OutriderError } from './core/errors.ts';
import type { LogFormat, LogLevel } from './core/log.ts';
import { scrubber } from './core/secret.ts';
import { openLog } from './log.ts';
import { probeOnce } from './probe/once.ts';

/** A stop that takes longer is cut: supervisors wait 10 s before they kill. */
const STOP_MS = 4500;

/** As in the config where it says nothing. */
const DEFAULT_LIMITS = { series: 2000, bodyBytes: 1024 ** 2 };

const { env } = process;
const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
const load = (files: readonly string[]) => loadConfig({ files, env });

/** The daemon: until SIGTERM or SIGINT; SIGHUP reads the config again. */
async function run(flags: Flags, files: readonly string[]): Promise<ExitCode> {
  const level = (flags.logLevel ?? flags['log.level'] ?? env['OUTRIDER_LOG_LEVEL'] ?? 'info') as LogLevel;
  const chosen = flags.logFormat ?? flags['log.format'] ?? env['OUTRIDER_LOG_FORMAT'];
  const format = (chosen ?? (process.stderr.isTTY === true ? 'pretty' : 'logfmt')) as LogFormat;
  const log = openLog({ level, format, write: (line) => process.stderr.write(line) });
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an error of Outrider’s own'));

  const app = await startApp({
    load: () => load(files),
    listen: (config) => listenOf(flags, config),
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

function listenOf(flags: Flags, { listen, store }: Config): { readonly host: string; readonly port: number } {
  const file = { listen: listen === undefined ? undefined : `${bracketed(listen.host)}:${listen.port}`, store };
  const { value } = listenSetting(flags, env, file);
  const split = splitListen(value);
  if (split === undefined) throw new OutriderError('usage', `listen: expected host:port, got "${value}"`);
  return split;
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const surroundings: Surroundings = {
  env,
  version: `outrider ${version} (Node ${process.versions.node})`,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  load,
  run,
  probe: (target, config) =>
    probeOnce(target, systemClock, {
      maxSeries: config?.limits.series ?? DEFAULT_LIMITS.series,
      maxBodyBytes: config?.limits.bodyBytes ?? DEFAULT_LIMITS.bodyBytes,
      filesFrom: config?.filesFrom ?? '.',
      scrub: scrubber(config?.secrets ?? []),
    }),
  targetOf: targetOfUrl,
  schema: async () => (await import('./generate/json-schema.ts')).configJsonSchema(),
};

try {
  process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
} catch (error) {
  process.stderr.write(`${error instanceof OutriderError ? error.message : errorText(error)}\n`);
  process.exitCode = error instanceof OutriderError && error.code === 'usage' ? 2 : 1;
}
// What is still open (a socket that lingers, a watcher) does not hold the process.
process.exit();
