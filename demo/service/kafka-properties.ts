import { HOST } from './port.ts';

/** One node of the cluster: its id, its folder and the ports it listens on. */
export interface KafkaNode {
  readonly id: number;
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly saslPort: number;
  readonly tlsPort: number;
}

export interface KafkaSecurity {
  /** One user for the SASL listener: PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512. */
  readonly sasl?: { readonly user: string; readonly password: string } | undefined;
  /** PEM texts (the key as PKCS #8) for the TLS listener. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** The text of server.properties: broker and controller in one process, small enough for a laptop. */
export function serverProperties(
  node: KafkaNode,
  nodes: readonly KafkaNode[],
  security: KafkaSecurity,
  overrides: Readonly<Record<string, string>> = {},
): string {
  const properties = { ...identity(node, nodes, security), ...small(nodes.length), ...secured(security), ...overrides };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
}

function identity(node: KafkaNode, nodes: readonly KafkaNode[], security: KafkaSecurity): Record<string, string> {
  const open = [
    `PLAINTEXT://${HOST}:${node.port}`,
    ...(security.sasl === undefined ? [] : [`SASL://${HOST}:${node.saslPort}`]),
    ...(security.tls === undefined ? [] : [`TLS://${HOST}:${node.tlsPort}`]),
  ];
  return {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': nodes.map(({ id, controllerPort }) => `${id}@${HOST}:${controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: [...open, `CONTROLLER://${HOST}:${node.controllerPort}`].join(','),
    'advertised.listeners': open.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL',
    'log.dirs': `${node.folder}/data`,
  };
}

function small(count: number): Record<string, string> {
  const replicas = String(count);
  return {
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'log.cleaner.dedupe.buffer.size': '2097152',
    'num.io.threads': '4',
    'num.network.threads': '2',
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
  };
}

function secured({ sasl, tls }: KafkaSecurity): Record<string, string> {
  const module = 'org.apache.kafka.common.security';
  const scram = `${module}.scram.ScramLoginModule required;`;
  return {
    ...(sasl !== undefined && {
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.sasl.plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required user_${sasl.user}="${sasl.password}";`,
      'listener.name.sasl.scram-sha-256.sasl.jaas.config': scram,
      'listener.name.sasl.scram-sha-512.sasl.jaas.config': scram,
    }),
    ...(tls !== undefined && {
      'listener.name.tls.ssl.keystore.type': 'PEM',
      'listener.name.tls.ssl.keystore.certificate.chain': tls.cert,
      'listener.name.tls.ssl.keystore.key': tls.key,
    }),
  };
}
