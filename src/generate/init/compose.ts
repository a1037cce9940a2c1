import type { Project } from './compose/load.ts';
import { type Service, servicesOf } from './compose/service.ts';
import type { Variables } from './compose/text.ts';
import type { Draft, DraftTarget, LeftOut } from './draft.ts';
import { dependencyGraph, type Edge, standsOn } from './graph.ts';
import { externalTargets, mentionedStores } from './recognise/elsewhere.ts';
import { httpOf, isEntry } from './recognise/http.ts';
import type { Known } from './recognise/image.ts';
import { type Broker, brokerOf, clusterName, clustersOf } from './recognise/kafka.ts';
import { kindOf } from './recognise/kind.ts';
import { connectionOf, type Mention, mentionsOf } from './recognise/mention.ts';
import { type Names, openNames } from './recognise/names.ts';
import { postgresOf, redisOf } from './recognise/store.ts';

interface Reading {
  readonly services: readonly Service[];
  readonly variables: Variables;
  readonly mentions: readonly Mention[];
  readonly names: Names;
  /** Services that others wait for to end. */
  readonly once: ReadonlySet<string>;
}

/** A target without what it depends on, and the services that it stands for. */
interface Found {
  readonly target: DraftTarget;
  readonly services: readonly string[];
  /** `store`: what others reach by their environment. */
  readonly role: 'store' | 'sentinel' | 'http' | 'tool';
  readonly entry: boolean;
  readonly guess?: string | undefined;
}

/** What should be watched of a compose project, as far as it can be known. */
export function draftOfProject(
  project: Project,
  options: { readonly from: string; readonly profiles: readonly string[] },
): Draft {
  const all = servicesOf(project);
  const leftOut = all.flatMap((service) => notRunning(service, all, options.profiles));
  const running = all.filter(({ name }) => !leftOut.some((each) => each.name === name && each.reason !== 'runs-once'));
  const { variables } = project;
  const reading: Reading = {
    services: running,
    variables,
    mentions: mentionsOf(running, variables),
    names: openNames(),
    once: new Set(leftOut.filter(({ reason }) => reason === 'runs-once').map(({ name }) => name)),
  };
  const found = [...brokers(reading), ...running.flatMap((service) => foundOf(reading, service))];
  const external = externalTargets(reading.mentions, new Set(running.flatMap(namesOf)), reading.names);
  const { targets, circles } = connected(reading, found, external);
  const unknown = running.flatMap((service) => unknownOf(reading, service, found));
  return {
    service: project.name,
    from: options.from,
    targets: inOrder(targets, all),
    leftOut: inOrder([...leftOut, ...unknown], all),
    remarks: [
      ...found.flatMap(({ guess }) => guess ?? []),
      ...external.map(({ remark }) => remark),
      ...circles.map(
        ({ from, to }) => `${from} and ${to} stand on each other: that ${from} stands on ${to} was left out`,
      ),
      ...[...new Set(running.flatMap(({ missing }) => missing))].map(
        (path) => `${path} is not there: what it would give to its services is not known`,
      ),
    ],
    alertmanagers: running.flatMap((service) =>
      kindOf(service)?.kind === 'alertmanager' ? [`http://${service.host}:9093`] : [],
    ),
  };
}

const namesOf = ({ name, aliases }: Service): readonly string[] => [name, ...aliases];

function notRunning(service: Service, all: readonly Service[], profiles: readonly string[]): readonly LeftOut[] {
  const { name } = service;
  if (kindOf(service)?.kind === 'itself') return [{ name, reason: 'itself' }];
  const active =
    service.profiles.length === 0 || service.profiles.some((one) => profiles.includes(one)) || profiles.includes('*');
  if (!active) return [{ name, reason: 'profile', detail: `--profile ${service.profiles[0]} adds it` }];
  if (service.replicas === 0) return [{ name, reason: 'not-started' }];
  const once = all.some(({ needs }) => needs.some((need) => need.name === name && need.once));
  return once ? [{ name, reason: 'runs-once' }] : [];
}

function foundOf(reading: Reading, service: Service): readonly Found[] {
  if (reading.once.has(service.name)) return [];
  const known = kindOf(service);
  if (known?.kind === 'kafka') return [];
  const { name } = service;
  const store = known === undefined ? undefined : storeOf(reading, service, known);
  if (store !== undefined) {
    const target = { name, ...store, critical: undefined, dependsOn: [] };
    return [{ target, services: [name], role: known?.kind === 'sentinel' ? 'sentinel' : 'store', entry: false }];
  }
  const http = httpOf({ ...reading, service, known });
  const asked = http !== undefined && (known?.kind !== 'unprobed' || service.check?.includes('http') === true);
  if (!asked) return [];
  const tool = known?.kind === 'tool' || known?.kind === 'alertmanager';
  const target = { name, type: 'http', about: http.about, keys: http.keys, critical: undefined, dependsOn: [] };
  return [
    { target, services: [name], role: tool ? 'tool' : 'http', entry: !tool && isEntry(service), guess: http.guess },
  ];
}

function storeOf(reading: Reading, service: Service, known: Known) {
  const type = known.kind === 'pgbouncer' ? 'postgres' : known.kind === 'sentinel' ? 'redis' : known.kind;
  if (type !== 'postgres' && type !== 'redis') return undefined;
  const own = new Set(namesOf(service));
  const connections = reading.mentions.flatMap((mention) => {
    const connection = mention.by === service.name ? undefined : connectionOf(mention);
    return connection !== undefined && own.has(connection.filled.host) ? [connection] : [];
  });
  const question = { ...reading, service, known, connections };
  return { type, ...(type === 'postgres' ? postgresOf(question) : redisOf(question)) };
}

function brokers({ services, variables }: Reading): readonly Found[] {
  const all = services
    .filter((service) => kindOf(service)?.kind === 'kafka')
    .map((service) => brokerOf(service, variables));
  return clustersOf(all).map((cluster): Found => {
    const target = {
      name: clusterName(cluster),
      type: 'kafka',
      about: ['groups: [NAME] makes an alert of a consumer group that is gone or stuck.', ...doubts(cluster)],
      keys: [{ key: 'brokers', value: cluster.map(({ address }) => address) }],
      critical: undefined,
      dependsOn: [],
    };
    const guess = doubts(cluster)[0];
    return { target, services: cluster.map(({ service }) => service), role: 'store', entry: false, guess };
  });
}

const doubts = (cluster: readonly Broker[]): readonly string[] =>
  cluster.flatMap(({ service, doubt }) => (doubt === undefined ? [] : [`${service}: ${doubt}`]));

function unknownOf(reading: Reading, service: Service, found: readonly Found[]): readonly LeftOut[] {
  const { name, image } = service;
  if (reading.once.has(name) || found.some(({ services }) => services.includes(name))) return [];
  return kindOf(service)?.kind === 'unprobed'
    ? [{ name, reason: 'no-probe-type', detail: image }]
    : [{ name, reason: 'nothing-to-ask' }];
}

/** The targets with what they depend on, and how grave they are. */
function connected(reading: Reading, found: readonly Found[], external: ReturnType<typeof externalTargets>) {
  const owner = new Map(found.flatMap(({ target, services }) => services.map((name) => [name, target.name] as const)));
  for (const { target } of external) owner.set(target.name, target.name);
  const sentinels = new Set(found.filter(({ role }) => role === 'sentinel').flatMap(({ services }) => services));
  const stores = reading.services.filter(({ name }) =>
    found.some((one) => ['store', 'sentinel'].includes(one.role) && one.services.includes(name)),
  );
  const written = reading.services.flatMap(({ name, needs }): readonly Edge[] =>
    needs.map((need) => ({ from: name, to: need.name, soft: need.soft, written: true })),
  );
  const guessed = mentionedStores(reading.mentions, stores, external).map(
    ({ from, to }): Edge => ({ from, to, soft: false, written: false }),
  );
  const edges = [...written, ...guessed].filter(({ from }) => !sentinels.has(from));
  const graph = dependencyGraph(edges, (node) => owner.get(node));
  const entries = found.filter(({ entry }) => entry).map(({ target }) => target.name);
  const grave = standsOn(entries, graph.of);
  const targets = [...found, ...external.map(({ target }) => ({ target, role: 'store' as const, entry: false }))].map(
    ({ target, role, entry }) => ({
      ...target,
      critical:
        role === 'tool' ? false : entry || (target.type === 'postgres' && grave.has(target.name)) ? true : undefined,
      dependsOn: graph.of.get(target.name) ?? [],
    }),
  );
  return { targets, circles: graph.circles };
}

/** As the services stand in the file; what is no service comes last. */
function inOrder<T extends { readonly name: string }>(these: readonly T[], services: readonly Service[]): readonly T[] {
  const place = (name: string) => {
    const at = services.findIndex(
      (service) => service.name === name || service.name.replace(/[-_.]?\d+$/, '') === name,
    );
    return at === -1 ? services.length : at;
  };
  return these.toSorted((a, b) => place(a.name) - place(b.name));
}
