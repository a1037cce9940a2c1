import type { Service } from '../compose/service.ts';
import { filled, type Variables } from '../compose/text.ts';

/** A broker of a compose file. */
export interface Broker {
  readonly service: string;
  /** host:port at which it is reached within the compose network. */
  readonly address: string;
  /** What several brokers have in common; undefined for one that is alone. */
  readonly cluster: string | undefined;
  /** What speaks against its answering there; undefined where nothing does. */
  readonly doubt: string | undefined;
}

const LISTENERS = ['KAFKA_ADVERTISED_LISTENERS', 'KAFKA_CFG_ADVERTISED_LISTENERS'];
const PROTOCOLS = ['KAFKA_LISTENER_SECURITY_PROTOCOL_MAP', 'KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP'];
const CLUSTERS = [
  'KAFKA_CONTROLLER_QUORUM_VOTERS',
  'KAFKA_CFG_CONTROLLER_QUORUM_VOTERS',
  'KAFKA_ZOOKEEPER_CONNECT',
  'KAFKA_CFG_ZOOKEEPER_CONNECT',
  'KAFKA_KRAFT_CLUSTER_ID',
  'CLUSTER_ID',
];
const DEFAULT_PORT = 9092;

/** Where a broker says that it is reached: by Kafka's variables, or by Redpanda's command. */
export function brokerOf(service: Service, variables: Variables): Broker {
  const said = (keys: readonly string[]) => {
    const value = keys.map((key) => service.environment.get(key)).find((entry) => entry !== undefined);
    return value === undefined ? '' : filled(value.raw, variables);
  };
  const command = filled(service.command, variables);
  const listeners = said(LISTENERS) || (/--advertise-kafka-addr[= ]+["']?([^\s"']+)/.exec(command)?.[1] ?? '');
  const protocols = new Map(
    said(PROTOCOLS)
      .split(',')
      .map((pair) => pair.split(':') as [string, string]),
  );
  const all = listeners.split(',').flatMap((listener) => {
    const [, name = 'PLAINTEXT', host, port] = /^\s*(?:([\w-]+):\/\/)?([^:/]+):(\d+)\s*$/.exec(listener) ?? [];
    return host === undefined ? [] : [{ host, port: Number(port), protocol: protocols.get(name) ?? name }];
  });
  const own = new Set([service.name, service.host, ...service.aliases]);
  const reachable = all.filter(({ host }) => own.has(host));
  const best = reachable.find(({ protocol }) => !/SASL|SSL/i.test(protocol)) ?? reachable[0];
  const cluster = said(CLUSTERS) || /--seeds[= ]+["']?(\S+)/.exec(command)?.[1];
  return {
    service: service.name,
    address: `${service.host}:${best?.port ?? DEFAULT_PORT}`,
    cluster: cluster === undefined || cluster === '' ? undefined : cluster,
    doubt: doubt(best?.protocol, best === undefined && all.length > 0),
  };
}

function doubt(protocol: string | undefined, elsewhere: boolean): string | undefined {
  if (elsewhere) return 'it advertises no listener under its own name: whoever asks it is sent elsewhere';
  if (protocol === undefined || !/SASL|SSL/i.test(protocol)) return undefined;
  return `its listener speaks ${protocol}: give tls or sasl`;
}

/** One list of brokers for each cluster, in the order of the file. */
export function clustersOf(brokers: readonly Broker[]): readonly (readonly [Broker, ...Broker[]])[] {
  const clusters = new Map<string, [Broker, ...Broker[]]>();
  for (const broker of brokers) {
    const id = broker.cluster === undefined ? `service ${broker.service}` : `cluster ${broker.cluster}`;
    const before = clusters.get(id);
    if (before === undefined) clusters.set(id, [broker]);
    else before.push(broker);
  }
  return [...clusters.values()];
}

/** `kafka` for kafka-1, kafka-2 and kafka-3; a broker alone keeps its name. */
export function clusterName([first, ...others]: readonly [Broker, ...Broker[]]): string {
  const stem = first.service.replace(/[-_.]?\d+$/, '');
  const shared =
    others.length > 0 && stem !== '' && others.every(({ service }) => service.replace(/[-_.]?\d+$/, '') === stem);
  return shared ? stem : first.service;
}
