import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatProblem } from '../config/problems.ts';
import { OutriderError } from '../core/errors.ts';
import { dashboardFiles } from '../generate/dashboards/dashboards.ts';
import { setOf } from '../generate/dashboards/set.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { configFiles, type Flags } from './settings.ts';

type DashboardFlags = Flags & { readonly output: string; readonly runbooks?: string };

/** `outrider dashboards -o DIR [--runbooks URL]`: Grafana dashboards for this config; mistakes in it go to stderr, and nothing is written then. */
export async function dashboards(around: Surroundings, flags: DashboardFlags): Promise<ExitCode> {
  const files = configFiles(flags, around.env);
  const loaded = await around.load(files);
  if (!loaded.ok) {
    const { problems } = loaded;
    around.err(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    around.err(`${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'} in ${files.join(', ')}\n`);
    return 1;
  }
  for (const [name, text] of Object.entries(dashboardFiles(setOf(loaded.config, flags.runbooks))))
    around.out(`${await written(flags.output, name, text)}\n`);
  return 0;
}

async function written(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new OutriderError('usage', `${path} cannot be written: ${why}`);
  }
  return path;
}
