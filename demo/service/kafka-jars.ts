import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { binary } from './binary.ts';
import { KAFKA_JARS } from './kafka.ts';
import { runAlone } from './lock.ts';

const VERSION = '4.2.0';
const TIMEOUT_MS = 600_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>outrider</groupId>
  <artifactId>kafka-jars</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${VERSION}</version></dependency>
  </dependencies>
</project>
`;

/** Fetches Kafka's jars (45 MB) with Maven, all or nothing; undefined when they are there, else what Maven said. */
export async function fetchKafkaJars(): Promise<string | undefined> {
  const cache = dirname(KAFKA_JARS);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'kafka-download-'));
  try {
    const pom = join(work, 'pom.xml');
    await writeFile(pom, POM);
    const into = join(work, 'jars');
    const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${into}`];
    const { code, stdout, stderr } = await runAlone(
      { name: 'maven', file: binary('mvn'), args, cwd: work },
      TIMEOUT_MS,
    );
    if (code !== 0) return `Maven: ${`${stdout}${stderr}`.trim().split('\n').slice(0, 3).join('; ')}`;
    await settle(into);
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Another run may have been faster: its jars are as good. */
async function settle(from: string): Promise<void> {
  try {
    await rename(from, KAFKA_JARS);
  } catch (error) {
    if (!existsSync(KAFKA_JARS)) throw error;
  }
}
