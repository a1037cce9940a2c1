import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { binary } from '../../demo/service/binary.ts';
import { answersOk } from '../../demo/service/http-ready.ts';
import { freePort, HOST } from '../../demo/service/port.ts';
import { manage, removeFolder, temporaryFolder } from '../../demo/service/service.ts';
import type { Labels } from '../../src/core/labels.ts';
import { labelText } from '../../src/observe/shape.ts';

/** A value as it was scraped, or would have been. */
export interface Point {
  readonly name: string;
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number;
}

/** One series of an answer: its values by their time, Unix ms. */
export interface AnsweredSeries {
  readonly labels: Labels;
  readonly values: ReadonlyMap<number, number>;
}

/** A Prometheus that remembers given samples and scrapes nothing. */
export interface Recorded extends AsyncDisposable {
  /** What an expression yields at each step. Throws with Prometheus' own words where it refuses. */
  query(
    expr: string,
    range: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
  ): Promise<readonly AnsweredSeries[]>;
}

interface Matrix {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly { readonly metric: Labels; readonly values: readonly [number, string][] }[];
  };
}

const lineOf = ({ name, labels, atMs, value }: Point): string =>
  `${name}{${labelText(labels).slice(1)}} ${value} ${atMs / 1000}\n`;

/** Starts one on these points; `args` are further flags. */
export async function startRecorded(points: Iterable<Point>, args: readonly string[] = []): Promise<Recorded> {
  const folder = await temporaryFolder('recorded');
  try {
    const file = join(folder, 'samples.txt');
    await pipeline(Readable.from([...Iterator.from(points).map(lineOf), '# EOF\n']), createWriteStream(file));
    const data = join(folder, 'data');
    await promisify(execFile)(binary('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', '-q', file, data]);
    return await start(folder, data, args);
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

async function start(folder: string, data: string, flags: readonly string[]): Promise<Recorded> {
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, 'scrape_configs: []\n');
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=${HOST}:${port}`,
    ...flags,
  ];
  const command = { name: 'prometheus', file: binary('prometheus'), args, cwd: folder };
  const isReady = () => answersOk(`${url}/-/ready`);
  const service = await manage({ name: 'prometheus', port, url, folder, command, isReady });
  return {
    async query(query, { fromMs, toMs, stepMs }) {
      const range = { start: String(fromMs / 1000), end: String(toMs / 1000), step: String(stepMs / 1000) };
      const body = new URLSearchParams({ query, ...range });
      const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body });
      const { status, error, data: answer } = (await response.json()) as Matrix;
      if (status !== 'success' || answer === undefined) throw new Error(`${error}: ${query}`);
      return answer.result.map(({ metric, values }) => ({
        labels: metric,
        values: new Map(values.map(([seconds, value]) => [Math.round(seconds * 1000), Number(value)])),
      }));
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
