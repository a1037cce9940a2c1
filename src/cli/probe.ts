import { formatProblem } from '../config/problems.ts';
import { toRfc3339 } from '../core/clock.ts';
import { nearest } from '../core/nearest.ts';
import type { ProbeResult } from '../core/result.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { configFiles, type Flags } from './settings.ts';
import { waterfall } from './waterfall.ts';

/** `outrider probe NAME|URL`: one probe now, without a daemon. */
export async function probe(around: Surroundings, what: string, flags: Flags & { json?: boolean }): Promise<ExitCode> {
  const found = what.includes('://')
    ? { ...around.targetOf(what), config: undefined }
    : await inConfig(around, what, flags);
  if (!found.ok) {
    around.err(`${found.why}\n`);
    return 2;
  }
  const result = await around.probe(found.target, found.config);
  around.out(flags.json === true ? `${JSON.stringify(toJson(result), null, 2)}\n` : show(result));
  return result.outcome === 'up' ? 0 : 1;
}

async function inConfig(around: Surroundings, name: string, flags: Flags) {
  const loaded = await around.load(configFiles(flags, around.env));
  if (!loaded.ok) return { ok: false as const, why: loaded.problems.map(formatProblem).join('\n') };
  const target = loaded.config.targets.find((one) => one.target.name === name);
  if (target !== undefined) return { ok: true as const, target, config: loaded.config };
  const near = nearest(
    name,
    loaded.config.targets.map((one) => one.target.name),
  );
  return {
    ok: false as const,
    why: `the config has no target "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
  };
}

const toJson = ({ at, ...rest }: ProbeResult): object => ({ ...rest, at: toRfc3339(at.wallMs) });

const VERDICT = { up: 'UP', down: 'DOWN', inconclusive: 'INCONCLUSIVE', skipped: 'SKIPPED' } as const;

function show(result: ProbeResult): string {
  const lines = [`${result.target}: ${VERDICT[result.outcome]}`];
  if (result.outcome === 'skipped') return `${lines.join('')}\n`;
  if (result.outcome === 'inconclusive') return `${lines.join('')}: ${result.message}\n`;
  if (result.outcome === 'down') lines.push(`  ${result.reason}: ${result.message}`);
  lines.push('', ...waterfall(result));
  const measures = result.measures.filter((sample) => !['up', 'failed'].includes(sample.name));
  if (measures.length > 0) lines.push('', 'measures');
  for (const { name, labels, value } of measures) lines.push(`  ${(name + braces(labels)).padEnd(44)} ${shown(value)}`);
  const evidence = Object.entries(result.evidence ?? {});
  if (evidence.length > 0) lines.push('', 'evidence');
  for (const [name, text] of evidence) lines.push(`  ${name}: ${text}`);
  for (const { measures: missing, why } of result.gaps ?? [])
    lines.push('', `not measured: ${missing.join(', ')}: ${why}`);
  return `${lines.join('\n')}\n`;
}

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(4));

function braces(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
