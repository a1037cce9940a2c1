import type { Gap, Sample } from '../../core/result.ts';
import type { Answer, Connection } from './connection.ts';
import { exposedOf } from './exposed.ts';
import { type Info, parseInfo } from './info.ts';
import { INFO_MEASURES, type Limits, measuresOf } from './measures.ts';
import { shown } from './refusal.ts';

export interface Statistics {
  readonly info: Info | undefined;
  readonly measures: readonly Sample[];
  readonly series: readonly Sample[];
  readonly gaps: readonly Gap[];
}

export interface StatisticsOptions extends Limits {
  /** Unix time, ms. */
  readonly nowMs: number;
  readonly maxSeries: number;
}

/** Asks INFO and SLOWLOG at once; what is refused costs only what it would have told. Never rejects. */
export async function readStatistics(connection: Connection, options: StatisticsOptions): Promise<Statistics> {
  const [all, length, newest] = await Promise.all([
    connection.ask('INFO', 'all'),
    connection.ask('SLOWLOG', 'LEN'),
    connection.ask('SLOWLOG', 'GET', '1'),
  ]);
  const info = all.kind === 'reply' && typeof all.value === 'string' ? parseInfo(all.value) : undefined;
  const told = info === undefined ? nothing : fromInfo(info, options);
  return {
    info,
    measures: told.measures,
    series: [...told.series, ...slowlog(length, newest)],
    gaps: [
      ...told.gaps,
      ...(info === undefined ? [{ measures: INFO_MEASURES, why: why('INFO', all) }] : []),
      ...(length.kind === 'reply' && newest.kind === 'reply'
        ? []
        : [{ measures: [], why: why('SLOWLOG', length.kind === 'reply' ? newest : length) }]),
    ],
  };
}

const nothing = { measures: [], series: [], gaps: [] };

function fromInfo(info: Info, options: StatisticsOptions) {
  const measures = bounded(measuresOf(info, options), options.maxSeries);
  const series = bounded(exposedOf(info, options.nowMs), options.maxSeries);
  const over = measures.over.map((name) => ({
    measures: [name],
    why: `more than ${options.maxSeries} instances: the rest is left out`,
  }));
  return { measures: measures.kept, series: series.kept, gaps: over };
}

function why(command: string, answer: Answer): string {
  if (answer.kind === 'refused') return `${command} was refused: ${shown(answer.refusal)}`;
  if (answer.kind === 'lost') return `${command} was not answered: ${answer.failure.message}`;
  return `${command} was answered by something else than its text`;
}

/** At most so many samples of each name. */
function bounded(samples: readonly Sample[], most: number): { kept: Sample[]; over: string[] } {
  const counts = new Map<string, number>();
  const kept = samples.filter(({ name }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= most;
  });
  return { kept, over: [...counts].flatMap(([name, count]) => (count > most ? [name] : [])) };
}

// An entry is [id, Unix seconds, microseconds, command, …]: the command may hold anything, and is not looked at.
function slowlog(length: Answer, newest: Answer): Sample[] {
  const samples: Sample[] = [];
  if (length.kind === 'reply' && typeof length.value === 'number')
    samples.push({ name: 'redis_slowlog_length', value: length.value });
  if (newest.kind !== 'reply' || !Array.isArray(newest.value)) return samples;
  const entry: unknown = newest.value[0];
  const [id, , microseconds]: readonly unknown[] = Array.isArray(entry) ? entry : [0, 0, 0];
  if (typeof id === 'number') samples.push({ name: 'redis_slowlog_last_id', value: id });
  if (typeof microseconds === 'number')
    samples.push({ name: 'redis_last_slow_execution_duration_seconds', value: microseconds / 1e6 });
  return samples;
}
