import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { binary } from './binary.ts';
import { knownBrokers } from './kafka-metadata.ts';
import { type KafkaNode, type KafkaSecurity, serverProperties } from './kafka-properties.ts';
import { freePorts, HOST } from './port.ts';
import { type Command, mustRun } from './process.ts';
import { manage, removeFolder, type Service, temporaryFolder } from './service.ts';

/** Where provisioning puts Kafka's jars; ignored by git. */
export const KAFKA_JARS = join(import.meta.dirname, '../../.cache/kafka-4.2.0');

export interface KafkaOptions extends KafkaSecurity {
  readonly brokers?: 1 | 3;
  /** Over the small defaults of every node's server.properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** The folder under which its own is made; the temporary one if absent. */
  readonly within?: string;
}

/** The whole cluster as one service, its nodes one by one, and the addresses of its listeners. */
export interface KafkaService extends Service {
  readonly nodes: readonly Service[];
  readonly brokers: readonly string[];
  readonly saslBrokers: readonly string[];
  readonly tlsBrokers: readonly string[];
  /** Runs one of Kafka's own tools by its Java class and gives its output; throws with the output if it fails. */
  tool(className: string, args: readonly string[]): Promise<string>;
}

const QUICK = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Starts Kafka (KRaft, one or three nodes of broker and controller); throws if it does not come up. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaService> {
  if (!existsSync(KAFKA_JARS)) throw new Error(`Kafka's jars are not in ${KAFKA_JARS}`);
  const folder = await temporaryFolder('kafka', options.within);
  const plan = await planNodes(options.brokers ?? 1, folder);
  // May begin with a dash, hence `--cluster-id=` below.
  const cluster = randomBytes(16).toString('base64url');
  const started = await Promise.allSettled(plan.map((node) => startNode(node, plan, cluster, options)));
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const service = compose(folder, plan, nodes);
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await untilComplete(nodes);
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return service;
}

async function planNodes(count: number, folder: string): Promise<KafkaNode[]> {
  const plan: KafkaNode[] = [];
  for (let id = 1; id <= count; id += 1) {
    const [port = 0, controllerPort = 0, saslPort = 0, tlsPort = 0] = await freePorts(4);
    plan.push({ id, folder: join(folder, `node-${id}`), port, controllerPort, saslPort, tlsPort });
  }
  return plan;
}

async function startNode(
  node: KafkaNode,
  plan: readonly KafkaNode[],
  cluster: string,
  options: KafkaOptions,
): Promise<Service> {
  await mkdir(node.folder);
  const file = join(node.folder, 'server.properties');
  await writeFile(file, serverProperties(node, plan, options, options.properties));
  await mustRun(
    java('kafka-format', [
      'kafka.tools.StorageTool',
      'format',
      `--cluster-id=${cluster}`,
      '-c',
      file,
      ...scram(options),
    ]),
  );
  return manage({
    name: `kafka-${node.id}`,
    port: node.port,
    url: `${HOST}:${node.port}`,
    folder: node.folder,
    command: java('kafka', ['kafka.Kafka', file], ['-Xms96m', '-Xmx384m'], node.folder),
    isReady: async () => (await knownBrokers(node.port)).includes(node.id),
    readyWithinMs: 60_000,
  });
}

function scram({ sasl }: KafkaSecurity): string[] {
  if (sasl === undefined) return [];
  const credential = `[name=${sasl.user},password=${sasl.password}]`;
  return ['--add-scram', `SCRAM-SHA-256=${credential}`, '--add-scram', `SCRAM-SHA-512=${credential}`];
}

function java(name: string, args: readonly string[], heap: readonly string[] = ['-Xmx256m'], cwd?: string): Command {
  return { name, file: binary('java'), args: [...heap, ...QUICK, '-cp', `${KAFKA_JARS}/*`, ...args], cwd };
}

async function untilComplete(nodes: readonly Service[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (const node of nodes) {
    while ((await knownBrokers(node.port)).length < nodes.length) {
      if (node.pid === undefined) throw new Error(`${node.name} ended while the brokers looked for each other`);
      if (performance.now() > deadline) throw new Error('the Kafka brokers did not find each other within 30 s');
      await sleep(20);
    }
  }
}

function compose(folder: string, plan: readonly KafkaNode[], nodes: readonly Service[]): KafkaService {
  const brokers = plan.map(({ port }) => `${HOST}:${port}`);
  const each = async (act: (node: Service) => PromiseLike<void>) => {
    await Promise.all(nodes.map(act));
  };
  return {
    name: 'kafka',
    host: HOST,
    port: plan[0]?.port ?? 0,
    url: brokers.join(','),
    folder,
    get pid() {
      return nodes[0]?.pid;
    },
    log: () => nodes.map((node) => node.log()).join('\n'),
    stop: () => each((node) => node.stop()),
    start: async () => {
      await each((node) => node.start());
      await untilComplete(nodes);
    },
    kill: () => each((node) => node.kill()),
    freeze: () => each((node) => node.freeze()),
    thaw: () => each((node) => node.thaw()),
    nodes,
    brokers,
    saslBrokers: plan.map(({ saslPort }) => `${HOST}:${saslPort}`),
    tlsBrokers: plan.map(({ tlsPort }) => `${HOST}:${tlsPort}`),
    tool: (className, args) => mustRun(java(className, [className, ...args])),
    async [Symbol.asyncDispose]() {
      // Its data goes with it, so there is no reason to wait for a controlled shutdown.
      await each((node) => node.kill());
      await each((node) => node[Symbol.asyncDispose]());
      await removeFolder(folder);
    },
  };
}
