import { sayConfig } from './chronicle.ts';
import type { Surroundings } from './cli/contract.ts';
import type { Env, FromFile } from './cli/settings.ts';
import type { Config } from './config/config.ts';
import { diffTargets, keepUnchanged } from './config/diff.ts';
import { type LoadResult, loadConfig } from './config/load.ts';
import { formatProblem, type Problem, problemOf } from './config/problems.ts';
import { loadSteadily } from './config/steady.ts';
import { targetOfUrl } from './config/url.ts';
import { watchFiles } from './config/watch.ts';
import type { Change } from './core/change.ts';
import type { Clock } from './core/clock.ts';
import { OutriderError } from './core/errors.ts';
import type { Logger } from './core/log.ts';
import { scrubber } from './core/secret.ts';
import { openEngine } from './engine.ts';
import { explainAlert } from './explain.ts';
import type { ScrubbedLogger } from './log.ts';
import { type Build, type OwnMetrics, openOwnMetrics } from './observe/own.ts';
import { probeOnce } from './probe/once.ts';
import { openReloads } from './reloads.ts';
import { openHistory, openStore } from './store/open.ts';
import { tryReceiver } from './trial.ts';
import { openView } from './view.ts';
import { startWeb } from './web/server.ts';
import type { Reload } from './web/view.ts';

export interface AppOptions {
  /** Reads and checks the config; called at the start and at each reload. */
  readonly load: () => Promise<LoadResult>;
  /** Where to listen, once flag, environment, file and image have had their say; given what the file says. */
  readonly listen: (file: FromFile) => { readonly host: string; readonly port: number };
  /** Where state is kept, likewise: `sqlite:PATH` or `memory`. */
  readonly store: (file: FromFile) => string;
  readonly clock: Clock;
  readonly log: ScrubbedLogger;
  readonly build: Build;
  /** 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Called at the points where a crash would matter most: tests kill the process there. */
  readonly failpoint?: (point: string) => void;
}

export interface App {
  readonly address: string;
  readonly port: number;
  /** Reads the config again; a bad one changes nothing. Reloads never overlap; who asks while one waits to begin shares it. */
  reload(): Promise<Reload>;
  /** Counts an error of Outrider’s own that no stage caught. */
  stray(): void;
  /** Lets go of everything, in reverse order of its opening. */
  stop(): Promise<void>;
}

/** Opens everything and starts. Throws OutriderError: `config_invalid` with every problem, or `listen_failed`. */
export async function startApp(options: AppOptions): Promise<App> {
  const { clock, log } = options;
  const loaded = await options.load();
  if (!loaded.ok) throw new OutriderError('config_invalid', loaded.problems.map(formatProblem).join('\n'));
  let { config, marks } = loaded;
  let running = false;
  await using opened = new AsyncDisposableStack();

  const own = openOwnMetrics(options.build);
  const store = await openStore(options.store(fromFile(config)), clock, log);
  opened.use(store);
  const history = await openHistory(options.store(fromFile(config)), clock, log);
  opened.use(history);
  const engine = openEngine({ ...options, own, store, history });
  opened.defer(() => engine.stop());
  const use = async (next: Config) => {
    await engine.use(next);
    own.reloadSuccessful.set(1);
    own.reloadSuccessTimestampSeconds.set(clock.now().wallMs / 1000);
  };

  const refuse = (found: readonly Problem[]): Reload => {
    own.reloadSuccessful.set(0);
    const problems = found.map(formatProblem);
    for (const problem of problems) log.error({ problem }, 'the config has a mistake; the old one stays');
    return { ok: false, problems };
  };
  const take = async (next: LoadResult): Promise<Reload> => {
    ({ marks } = next);
    if (!next.ok) return refuse(next.problems);
    const { added, removed, changed } = diffTargets(config.targets, next.config.targets);
    const kept = keepUnchanged(config, next.config);
    const refused = await use(kept).then(
      () => [],
      (error: unknown) => {
        own.reloadSuccessful.set(0);
        return whyRefused(error);
      },
    );
    if (refused.length > 0) return refuse(refused.map((line) => problemOf(config.files[0] ?? '', line)));
    config = kept;
    web.update(config);
    const touched = [...added, ...changed].map(({ target }) => target.name);
    if (touched.length > 0) engine.changes.add(reloadChange(touched, clock.now().wallMs));
    log.info({ added: added.length, removed: removed.length, changed: changed.length }, 'config reloaded');
    return { ok: true };
  };
  const reloads = openReloads({ clock, load: () => loadSteadily(options.load, clock), take });
  const view = openView({
    ...engine,
    clock,
    history,
    explain: (fingerprint) => explainAlert(engine, fingerprint, clock.now()),
    own,
    version: options.build.version,
    config: () => config,
    running: () => running,
    reload: reloads.ask,
  });
  const web = await startWeb({ ...options.listen(fromFile(config)), view, log: counting(log, own), clock, ...config });
  opened.defer(() => web.close());

  sayConfig(log, loaded);
  await engine.restore();
  await reloads.inTurn(() => use(config));
  running = true;
  const onError = (err: unknown) => log.error({ err }, 'the reload failed');
  opened.use(watchFiles({ ...options, ...reloads, taken: () => marks, onError }));
  opened.defer(() => reloads.stop());
  const { address, port } = web;
  log.info({ address, port, targets: config.targets.length }, 'Outrider listens');
  const everything = opened.move();
  const stray = () => own.internalErrors.inc({ stage: 'stray' });
  return { address, port, reload: reloads.ask, stray, stop: () => everything.disposeAsync() };
}

/** What of a good config cannot be had after all, in lines; any other error is a bug. */
function whyRefused(error: unknown): readonly string[] {
  if (error instanceof OutriderError) return error.message.split('\n');
  throw error;
}

/** Whatever the web stage calls an error is a bug: it is counted as one. */
const counting = (log: Logger, own: OwnMetrics): Logger => ({
  ...log,
  error(fields, message) {
    own.internalErrors.inc({ stage: 'web' });
    log.error(fields, message);
  },
});

/** A reload among the changes, of the targets that it touched. */
const reloadChange = (targets: readonly string[], atMs: number): Change => ({
  kind: 'reload',
  atMs,
  text: `config reload (${targets.length} ${targets.length === 1 ? 'target' : 'targets'} changed)`,
  targets,
});

/** What of the config a flag or the environment may overrule, as text. */
function fromFile({ listen, store }: Config): FromFile {
  if (listen === undefined) return { listen, store };
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return { listen: `${host}:${listen.port}`, store };
}

/** As in the config where it says nothing. */
const DEFAULT_LIMITS = { series: 2000, bodyBytes: 1024 ** 2 };

type Offline = 'load' | 'probe' | 'tryReceiver' | 'targetOf' | 'schema';

/** What the commands need that run without a daemon. */
export function openOffline(env: Env, clock: Clock): Pick<Surroundings, Offline> {
  return {
    load: (files) => loadConfig({ files, env, clock }),
    targetOf: targetOfUrl,
    tryReceiver: (receiver, config) => tryReceiver(receiver, config, clock),
    schema: async () => (await import('./generate/json-schema.ts')).configJsonSchema(),
    probe(target, config) {
      const { series, bodyBytes } = config?.limits ?? DEFAULT_LIMITS;
      const scrub = scrubber(config?.secrets ?? []);
      const limits = { maxSeries: series, maxBodyBytes: bodyBytes, filesFrom: config?.filesFrom ?? '.', scrub };
      return probeOnce(target, clock, limits, config?.connectivity ?? []);
    },
  };
}
