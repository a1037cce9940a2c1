import { existsSync } from 'node:fs';
import { findBinary, postgresFolder } from './binary.ts';
import { KAFKA_JARS } from './kafka.ts';

export const REQUIREMENTS = [
  'postgres',
  'redis',
  'kafka',
  'prometheus',
  'alertmanager',
  'pgbouncer',
  'blackbox-exporter',
  'postgres-exporter',
  'redis-exporter',
  'faketime',
  'aiosmtpd',
] as const;

export type RequirementName = (typeof REQUIREMENTS)[number];

/** One thing that the machine lacks: Debian's packages (the first that exists is taken) and what else can be said. */
export interface Lack {
  readonly what: string;
  readonly packages: readonly string[];
  readonly homebrew?: string;
}

interface Requirement {
  readonly binaries: readonly string[];
  readonly packages: readonly string[];
  readonly homebrew?: string;
}

const PLAIN: Readonly<Record<Exclude<RequirementName, 'postgres' | 'kafka'>, Requirement>> = {
  redis: {
    binaries: ['redis-server', 'valkey-server'],
    packages: ['redis-server', 'valkey-server'],
    homebrew: 'redis',
  },
  prometheus: { binaries: ['prometheus'], packages: ['prometheus'], homebrew: 'prometheus' },
  alertmanager: {
    binaries: ['prometheus-alertmanager', 'alertmanager'],
    packages: ['prometheus-alertmanager'],
    homebrew: 'alertmanager',
  },
  pgbouncer: { binaries: ['pgbouncer'], packages: ['pgbouncer'], homebrew: 'pgbouncer' },
  'blackbox-exporter': {
    binaries: ['prometheus-blackbox-exporter', 'blackbox_exporter'],
    packages: ['prometheus-blackbox-exporter'],
    homebrew: 'blackbox_exporter',
  },
  'postgres-exporter': {
    binaries: ['prometheus-postgres-exporter', 'postgres_exporter'],
    packages: ['prometheus-postgres-exporter'],
    homebrew: 'postgres_exporter',
  },
  'redis-exporter': {
    binaries: ['prometheus-redis-exporter', 'redis_exporter'],
    packages: ['prometheus-redis-exporter'],
    homebrew: 'redis_exporter',
  },
  faketime: { binaries: ['faketime'], packages: ['faketime'], homebrew: 'libfaketime' },
  aiosmtpd: { binaries: ['aiosmtpd'], packages: ['python3-aiosmtpd'] },
};

/** What this machine lacks for the service; empty when it can start now. */
export function lacks(name: RequirementName): Lack[] {
  if (name === 'postgres') {
    if (postgresFolder() !== undefined) return [];
    return [{ what: 'initdb and postgres', packages: ['postgresql'], homebrew: 'postgresql@17' }];
  }
  if (name === 'kafka') return kafkaLacks();
  const { binaries, packages, homebrew } = PLAIN[name];
  if (findBinary(...binaries) !== undefined) return [];
  return [{ what: binaries.join(' or '), packages, ...(homebrew !== undefined && { homebrew }) }];
}

function kafkaLacks(): Lack[] {
  const java = ['openjdk-21-jre-headless', 'openjdk-17-jre-headless', 'default-jre-headless'];
  return [
    ...(findBinary('java') === undefined ? [{ what: 'java (17 or newer)', packages: java, homebrew: 'openjdk' }] : []),
    ...(!existsSync(KAFKA_JARS) && findBinary('mvn') === undefined
      ? [{ what: "mvn (Maven, to fetch Kafka's jars)", packages: ['maven'], homebrew: 'maven' }]
      : []),
  ];
}

/** The sentence that says what to install, and the command for it. */
export function instruction(name: RequirementName, missing: readonly Lack[], why?: string): string {
  const what = missing.map((lack) => lack.what).join(' and ');
  const debian = missing.map(({ packages }) => packages.at(0)).join(' ');
  const homebrew = missing.flatMap((lack) => (lack.homebrew === undefined ? [] : [lack.homebrew])).join(' ');
  return [
    `${name}: ${what} ${missing.length > 1 ? 'are' : 'is'} missing${why === undefined ? '' : ` (${why})`}.`,
    `  Debian or Ubuntu: sudo apt-get update && sudo apt-get install --no-install-recommends ${debian}`,
    ...(homebrew === '' ? [] : [`  macOS: brew install ${homebrew}`]),
  ].join('\n');
}
