import type { ProbeResult, Sample } from '../core/result.ts';
import type { Style, Surroundings } from './contract.ts';
import { PHASES, waterfall } from './waterfall.ts';

const VERDICT = {
  up: ['UP', 'green'],
  down: ['DOWN', 'red'],
  inconclusive: ['INCONCLUSIVE', 'yellow'],
  skipped: ['SKIPPED', 'yellow'],
} as const satisfies Record<ProbeResult['outcome'], readonly [string, Style]>;

/** What the waterfall and the verdict say already. */
const SAID: ReadonlySet<string> = new Set(['up', 'failed', 'duration', ...PHASES]);

/** One result for people: verdict, waterfall, measures, evidence, and what could not be measured. */
export function report(result: ProbeResult, style: Surroundings['style']): string {
  const [word, color] = VERDICT[result.outcome];
  const verdict = `${result.target}: ${style(color, word)}`;
  if (result.outcome === 'skipped') return `${verdict}\n`;
  if (result.outcome === 'inconclusive') return `${verdict}\n  ${result.message}\n`;
  const failure = result.outcome === 'down' ? [`  ${result.reason}: ${result.message}`] : [];
  const blocks = [
    [verdict, ...failure],
    waterfall(result),
    titled('measures', aligned(result.measures.filter(({ name }) => !SAID.has(name)).map(shown))),
    titled('evidence', aligned(Object.entries(result.evidence ?? {}))),
    titled('not measured', (result.gaps ?? []).map(missing)),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

function aligned(pairs: readonly (readonly [name: string, text: string])[]): readonly string[] {
  const widest = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, text]) => `${name.padEnd(widest)}  ${text}`);
}

function shown({ name, labels, value }: Sample): readonly [string, string] {
  const pairs = Object.entries(labels ?? {}).map(([label, text]) => `${label}=${text}`);
  const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  return [`${name}${braces}`, Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))];
}

const missing = ({ measures, why }: { readonly measures: readonly string[]; readonly why: string }): string =>
  measures.length === 0 ? why : `${measures.join(', ')}: ${why}`;
