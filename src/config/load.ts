import type { Clock } from '../core/clock.ts';
import { atOnce, inSlices, type Pieces } from '../core/pieces.ts';
import { scrubber } from '../core/secret.ts';
import { assemblingTargets, dependenciesOf } from './assemble.ts';
import type { Checking } from './checked.ts';
import type { Config } from './config.ts';
import { checkDependencies } from './dependencies.ts';
import type { Marks } from './disk.ts';
import { readFile } from './file.ts';
import type { FileKeys } from './file-schema.ts';
import type { NamedFiles } from './files.ts';
import { checkFlapping } from './flapping.ts';
import { deepFreeze } from './freeze.ts';
import { tracesOf } from './hidden.ts';
import { checkDefaults } from './in-force.ts';
import { plainOf } from './located.ts';
import { checkMaintenance, maintenanceOf } from './maintenance.ts';
import { notActedOn } from './not-acted-on.ts';
import { inOrder, type Problem, scrubProblem } from './problems.ts';
import { type LoadOptions, readingTree } from './read-tree.ts';
import { readReceivers } from './receivers.ts';
import { revisionOf } from './revision.ts';
import { warningOfRoutes, warnOfReceivers } from './route-warnings.ts';
import { checkRouting, routingOf } from './routes.ts';
import { secretsOf } from './secrets.ts';
import { checkSeveritiesOfAlerts } from './severities.ts';
import { readingTargets } from './targets.ts';
import { checkAuthority, contentsOf } from './tls-files.ts';
import { warnOfFile, warnOfPaused, warnOfTls } from './warnings.ts';
import { checkWatchdog, watchdogOf } from './watchdog.ts';

/** The config, or everything that is wrong with it; warnings are in the order of the files. `marks` are of every file that was read. */
export type LoadResult = { readonly marks: Marks } & (
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }
);

/** Reads, merges, fills and checks the config files; with a clock in slices, so that others have their turns. Never throws for anything that they say. */
export async function loadConfig({ clock, ...options }: LoadOptions & { readonly clock?: Clock }): Promise<LoadResult> {
  return clock === undefined ? atOnce(loading(options)) : inSlices(loading(options), clock);
}

function* loading({ files, env }: LoadOptions): Pieces<LoadResult> {
  const read = yield* readingTree({ files, env });
  if (!read.ok) return read;
  const { checking, named, secrets, marks } = read;
  yield;
  const found = yield* check(checking, named, secrets);
  const scrub = scrubber([...secrets].flatMap(tracesOf));
  const told = (problems: readonly Problem[]): readonly Problem[] =>
    inOrder(
      problems.map((problem) => scrubProblem(problem, scrub)),
      files,
    );
  if (found === undefined) return { ok: false, problems: told(checking.problems), marks };
  const config = deepFreeze({ ...found, files: [...marks.keys()] });
  return { ok: true, config, warnings: told(checking.warnings), marks };
}

/** Everything that is wrong goes to `checking`; the config where there is nothing. */
function* check(
  checking: Checking,
  named: NamedFiles,
  filled: ReadonlySet<string>,
): Pieces<Omit<Config, 'files'> | undefined> {
  const file = readFile(checking);
  const written = yield* readingTargets(checking);
  const receivers = readReceivers(checking);
  checkDependencies(
    checking,
    written.flatMap(({ keys, path }) =>
      keys.name === undefined ? [] : { name: keys.name, path, dependsOn: dependenciesOf(keys) },
    ),
  );
  for (const each of [...written, ...receivers]) {
    checkAuthority(checking, named, each);
    warnOfTls(checking, each);
  }
  checkDefaults(checking, file.keys, written);
  checkFlapping(checking, file.keys);
  checkMaintenance(
    checking,
    written.map(({ keys }) => keys),
  );
  checkWatchdog(checking);
  checkRouting(checking);
  checkSeveritiesOfAlerts(checking, file.keys, written);
  yield;
  const targets = yield* assemblingTargets(checking, file, written, ({ node }) => contentsOf(named, node));
  if (checking.problems.length > 0) return undefined;
  // Without a problem every key is there.
  const whole = file.keys as FileKeys;
  warnOfFile(checking, whole);
  warnOfPaused(checking, targets);
  const routing = routingOf(whole);
  warnOfReceivers(checking, { ...routing, sender: whole.sender }, receivers);
  yield* warningOfRoutes(checking, routing, receivers, { service: whole.service, targets });
  yield;
  return {
    ...topLevel(whole),
    ...routing,
    targets,
    receivers: receivers.map(({ name, settings, node }) => ({
      name,
      settings,
      revision: revisionOf(plainOf(node), contentsOf(named, node)),
    })),
    watchdog: watchdogOf(whole, receivers),
    secrets: secretsOf(whole, [...targets, ...receivers], filled),
    filesFrom: named.folder,
    notActedOn: notActedOn(checking.root, targets),
  };
}

/** What the file says of itself, as the stages name it. */
function topLevel(file: FileKeys) {
  const { correlation, history, limits, auth } = file;
  return {
    service: file.service,
    timezone: file.timezone,
    listen: file.listen,
    store: file.store,
    externalUrl: file.external_url,
    sender: file.sender,
    labels: file.labels ?? {},
    auth: { read: auth?.read ?? 'public', tokens: auth?.tokens ?? [] },
    connectivity: file.connectivity ?? [],
    flapping: file.flapping,
    maintenance: maintenanceOf(file),
    correlation: { holdMs: correlation.hold, grace: correlation.grace, windowMs: correlation.window },
    history: { minutesMs: history.minutes, hoursMs: history.hours },
    limits: { inFlight: limits.in_flight, bodyBytes: limits.body, series: limits.series },
    metrics: { exporterNames: file.metrics.exporter_names },
  };
}
