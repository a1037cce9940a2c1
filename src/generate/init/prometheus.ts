import { basename } from 'node:path';
import { parseDurationMs } from '../../core/duration.ts';
import { type Module, modulesAsked, modulesOf } from './blackbox.ts';
import { isMap, listOf, mapOf, type PlainMap, textOf, textsOf } from './compose/plain.ts';
import { escaped } from './compose/text.ts';
import type { Draft, DraftTarget, Key, LeftOut } from './draft.ts';
import { key, uniqueName, urlValue } from './importing.ts';
import { type Names, openNames } from './recognise/names.ts';
import { readYaml } from './yaml-file.ts';

const DEFAULT_INTERVAL = '1m';

interface Reading {
  readonly names: Names;
  readonly used: Set<string>;
  readonly modules: ReadonlyMap<string, Module>;
  readonly interval: string;
  readonly targets: DraftTarget[];
  readonly leftOut: LeftOut[];
  /** Each sentence once. */
  readonly remarks: Set<string>;
}

/** What a Prometheus has its blackbox_exporter ask; the rest is named. Throws OutriderError `usage` for a file that cannot be read. */
export function draftOfPrometheus(path: string, blackbox: string | undefined, service: string): Draft {
  const root = readYaml(path);
  const names = openNames();
  const reading: Reading = {
    names,
    used: new Set(),
    modules: blackbox === undefined ? new Map() : modulesOf(readYaml(blackbox), names),
    interval: textOf(mapOf(root['global'])['scrape_interval']) ?? DEFAULT_INTERVAL,
    targets: [],
    leftOut: [],
    remarks: new Set(),
  };
  for (const job of listOf(root['scrape_configs']).filter(isMap)) readJob(reading, job);
  if (root['rule_files'] !== undefined)
    reading.remarks.add('rule_files: Outrider has alerts of its own; outrider rules prints them for Prometheus');
  return {
    service,
    from: [path, ...(blackbox === undefined ? [] : [blackbox])].map((file) => basename(file)).join(' and '),
    targets: reading.targets,
    leftOut: reading.leftOut,
    remarks: [...reading.remarks],
    alertmanagers: alertmanagersOf(mapOf(root['alerting'])),
  };
}

function readJob(reading: Reading, job: PlainMap): void {
  const name = textOf(job['job_name']) ?? 'job';
  const path = textOf(job['metrics_path']);
  const statics = listOf(job['static_configs']).filter(isMap);
  const asks =
    path === '/probe' || (path === '/scrape' && statics.some(({ targets }) => textsOf(targets).some(isRedis)));
  if (!asks) {
    reading.remarks.add(`job ${name}: it is scraped, not asked${measuredBy(name, statics)}`);
    return;
  }
  for (const other of Object.keys(job).filter((each) => /_sd_configs$/.test(each)))
    reading.remarks.add(`job ${name}: ${other} has no counterpart: list the addresses`);
  const modules = path === '/scrape' ? ['redis'] : modulesAsked(job);
  for (const module of modules.length === 0 ? ['http_2xx'] : modules)
    for (const { targets, labels } of statics)
      for (const address of textsOf(targets)) readTarget(reading, { job, module, address, labels: mapOf(labels) });
}

const isRedis = (address: string): boolean => /^rediss?:\/\//.test(address);

/** A hint at what an exporter measures, by the port or the name of its job. */
function measuredBy(job: string, statics: readonly PlainMap[]): string {
  const all = [job, ...statics.flatMap(({ targets }) => textsOf(targets))].join(' ');
  const [, type] =
    [
      [/postgres|:9187\b/i, 'postgres'],
      [/redis|valkey|:9121\b/i, 'redis'],
      [/kafka|redpanda|:9308\b/i, 'kafka'],
    ].find(([pattern]) => (pattern as RegExp).test(all)) ?? [];
  return type === undefined ? '' : `; add what it measures as a target of type ${type as string}`;
}

/** Labels that Outrider sets itself. */
const OWN_LABELS = /^(alertname|service|target|type|severity|instance|job)$/;

function labelsOf(reading: Reading, labels: PlainMap): Readonly<Record<string, string>> {
  const given = Object.entries(labels).filter(
    ([label, value]) => !label.startsWith('__') && textOf(value) !== undefined,
  );
  for (const [label] of given.filter(([name]) => OWN_LABELS.test(name)))
    reading.remarks.add(`the label ${label} has no counterpart: Outrider sets it itself`);
  return Object.fromEntries(
    given.flatMap(([label, value]) => (OWN_LABELS.test(label) ? [] : [[label, escaped(String(value))]])),
  );
}

interface Asked {
  readonly job: PlainMap;
  readonly module: string;
  readonly address: string;
  readonly labels: PlainMap;
}

function readTarget(reading: Reading, { job, module, address, labels }: Asked): void {
  const name = uniqueName(reading.used, nameOf(address), textOf(job['job_name']));
  const interval = textOf(job['scrape_interval']) ?? reading.interval;
  const own = labelsOf(reading, labels);
  const write = (type: string, url: string, keys: readonly Key[]) =>
    reading.targets.push({
      name,
      type,
      about: [],
      keys: [
        { key: 'url', value: urlValue(reading.names, url.replaceAll('$', '$$$$'), name) },
        ...keys.filter((each) => each.key !== 'expect'),
        { key: 'interval', value: interval },
        ...key('timeout', timeoutOf(reading.modules.get(module), interval)),
        ...keys.filter((each) => each.key === 'expect'),
        ...key('labels', Object.keys(own).length === 0 ? undefined : own),
      ],
      critical: undefined,
      dependsOn: [],
    });
  if (isRedis(address)) {
    write('redis', address, []);
    return;
  }
  const known = reading.modules.get(module);
  if (known === undefined)
    reading.remarks.add(`module ${module} is not known: any 2xx is up (--blackbox FILE gives the modules)`);
  else if (known.prober !== 'http') {
    reading.leftOut.push({ name, reason: 'no-probe-type', detail: known.prober });
    return;
  }
  for (const setting of known?.unknown ?? []) reading.remarks.add(`module ${module}: ${setting} has no counterpart`);
  // An address without a scheme is asked by http, as blackbox_exporter does.
  write('http', /^https?:\/\//.test(address) ? address : `http://${address}`, known?.keys ?? []);
}

/** An address as people say it: without scheme, login, query and the slash at its end. */
const nameOf = (address: string): string =>
  address
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^[^/@]*@/, '')
    .replace(/[?#].*$/s, '')
    .replace(/\/$/, '');

const timeoutOf = (module: Module | undefined, interval: string): string | undefined =>
  (parseDurationMs(module?.timeout ?? '') ?? 0) <= (parseDurationMs(interval) ?? 0) ? module?.timeout : undefined;

const alertmanagersOf = (alerting: PlainMap): readonly string[] =>
  listOf(alerting['alertmanagers'])
    .filter(isMap)
    .flatMap(({ scheme, path_prefix: prefix, static_configs: statics }) =>
      listOf(statics).flatMap((each) =>
        textsOf(mapOf(each)['targets']).map(
          (address) => `${textOf(scheme) ?? 'http'}://${address}${textOf(prefix) ?? ''}`,
        ),
      ),
    );
