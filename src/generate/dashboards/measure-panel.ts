import { rankOf } from '../../core/severity.ts';
import type { Quantity } from '../../core/when/quantity.ts';
import type { Operand } from '../../core/when/tree.ts';
import { quoted } from '../rules/series.ts';
import { type Line, lineName, linesOf, said, writtenIn } from './line.ts';
import { type Panel, type PanelLink, type Query, SEVERITY_COLOR, type Shown, type Step } from './panel.ts';
import { bare, type Curve, curveOf, measureOf, quantityIn } from './query.ts';
import type { Subject } from './subject.ts';

/** How a panel looks where it is not as by default; `isClose`: the axis fits the curves, though a threshold is then seen only when it is near. */
export type Look = { readonly isClose?: boolean } & Partial<
  Pick<Panel, 'title' | 'width' | 'height' | 'isStacked' | 'least' | 'most' | 'reach'>
>;

const UNITS: Readonly<Record<Quantity['base'], readonly [plain: string, perSecond: string]>> = {
  count: ['short', 'cps'],
  quotient: ['short', 'cps'],
  ratio: ['percentunit', 'percentunit'],
  seconds: ['s', 's'],
  bytes: ['bytes', 'binBps'],
};

/** Grafana's unit of a quantity. */
export const unitOf = ({ base, perSecond }: Quantity): string => UNITS[base][perSecond ? 1 : 0];

/** `longest_query`: `Longest query`. */
export const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

/** Several measures of one unit in one panel, with the thresholds that alerts set for them; undefined where none is exposed. */
export function measurePanel(
  subject: Subject,
  names: readonly string[],
  { isClose = false, ...look }: Look = {},
): Panel | undefined {
  const [first = ''] = names;
  const measure = measureOf(subject, first);
  if (measure === undefined) return undefined;
  if (measure.unit === 'words') return wordsPanel(subject, first, look);
  const quantity = quantityIn(subject, basisOf(subject, first));
  if (quantity === undefined) return undefined;
  const lines = names.flatMap((name) => linesOf(subject, name, quantity));
  const queries = names.flatMap((name) => curves(subject, name, names.length > 1, lines));
  if (queries.length === 0) return undefined;
  return {
    kind: 'timeseries',
    title: titleOf(first),
    description: described(subject, names),
    queries: [...queries, ...lines.flatMap((line) => partLine(subject, line))],
    unit: unitOf(quantity),
    width: 12,
    height: 8,
    ...(quantity.base === 'ratio' ? { least: 0 } : {}),
    steps: lineSteps(lines),
    ...(isClose ? {} : reachOf(lines)),
    links: runbookLinks(subject, names),
    ...look,
    // A sum or a mean beside its parts would be stacked upon them.
    ...(look.isStacked === true && queries.length > names.length ? { isStacked: false } : {}),
  };
}

/** What is drawn of a measure in any case: itself, or how fast a counter grows, as its alerts ask for it. */
function basisOf(subject: Subject, name: string): Operand {
  if (measureOf(subject, name)?.kind !== 'counter') return bare(name);
  const tests = subject.watches.flatMap(({ when }) => when.tests);
  const { measure } = bare(name);
  for (const test of tests) {
    if (test.kind !== 'compare' || test.left.kind !== 'aggregate' || test.left.measure.name !== name) continue;
    if (test.left.fn === 'rate' || test.left.fn === 'increase') return { ...test.left, measure };
  }
  return { kind: 'aggregate', fn: 'rate', at: 0, overAt: 0, overMs: 300_000, measure };
}

function curves(subject: Subject, name: string, isOneOfMany: boolean, lines: readonly Line[]): readonly Query[] {
  const compared = lines.map(({ operand }) => operand).filter(({ measure }) => measure.name === name);
  const drawn = [basisOf(subject, name), ...compared].flatMap((operand) => curveOf(operand, subject) ?? []);
  const distinct = new Map(drawn.map((curve): [string, Curve] => [curve.expr, curve]));
  // What matchers narrow is drawn already.
  const own = [...distinct.values()].filter(({ legend }) => !legend.startsWith('of '));
  return own.map(({ expr, legend }) => ({ expr, legend: isOneOfMany ? `${titleOf(name)} ${legend}` : legend }));
}

/** A threshold that not all targets have: a line for as long as one of them is chosen. */
function partLine(subject: Subject, line: Line): readonly Query[] {
  const { targets, value, severity } = line;
  if (targets === undefined) return [];
  const names = targets.map((target) => target.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
  const having = `max by (target) (outrider_target_info{target=~"$target",target=~${quoted(names)}})`;
  return [
    {
      expr: `${value} * ${having}`,
      legend: `${lineName(line, writtenIn(subject, line))} {{target}}`,
      color: SEVERITY_COLOR[severity],
      isLine: true,
    },
  ];
}

/** Each line in the colour of its severity. */
function lineSteps(lines: readonly Line[]): readonly Step[] {
  const byValue = new Map<number, Line>();
  for (const line of lines.filter(({ targets }) => targets === undefined)) {
    const before = byValue.get(line.value);
    if (before === undefined || rankOf(line.severity) < rankOf(before.severity)) byValue.set(line.value, line);
  }
  const steps = [...byValue.values()].sort((a, b) => a.value - b.value);
  return [
    { from: undefined, color: 'transparent' },
    ...steps.map(({ value, severity }) => ({ from: value, color: SEVERITY_COLOR[severity] })),
  ];
}

/** Up to the first line that is crossed upwards, and the last that is crossed downwards. */
function reachOf(lines: readonly Line[]): { readonly reach?: number } {
  const upwards = lines.filter(({ op }) => op.startsWith('>')).map(({ value }) => value);
  const downwards = lines.filter(({ op }) => op.startsWith('<')).map(({ value }) => value);
  const reach = Math.max(...downwards, upwards.length === 0 ? 0 : Math.min(...upwards));
  return reach > 0 ? { reach: Number((reach * 1.1).toPrecision(4)) } : {};
}

const PALETTE = ['green', 'blue', 'purple', 'yellow', 'orange', 'red', 'dark-red'] as const;

/** A measure of words over time, mildest in green. */
function wordsPanel(subject: Subject, name: string, look: Look): Panel | undefined {
  const curve = curveOf(bare(name), subject);
  const words = measureOf(subject, name)?.words ?? [];
  if (curve === undefined) return undefined;
  return {
    kind: 'state-timeline',
    title: titleOf(name),
    description: described(subject, [name]),
    queries: [curve],
    unit: 'none',
    width: 12,
    height: 8,
    shown: words.map((text, index): Shown => ({ value: `${index}`, text, color: PALETTE[index] ?? 'gray' })),
    links: runbookLinks(subject, [name]),
    ...look,
  };
}

function described(subject: Subject, names: readonly string[]): string {
  const help = names.map((name) => {
    const text = measureOf(subject, name)?.help ?? '';
    return names.length === 1 ? text : `${titleOf(name)}: ${text}`;
  });
  const alerts = [...new Set(names.flatMap((name) => said(subject, name)))].map((text) => `- ${text}`);
  return [help.join('\n'), ...(alerts.length === 0 ? [] : [`Alerts:\n${alerts.join('\n')}`])].join('\n\n');
}

/** Where to read what to do, for each alert that watches one of these measures. */
function runbookLinks({ watches }: Subject, names: readonly string[]): readonly PanelLink[] {
  const watching = watches.filter(({ when }) =>
    when.tests.some((test) => test.kind === 'compare' && names.includes(test.left.measure.name)),
  );
  const links = new Map(watching.map((watch) => [`${watch.name} ${watch.runbook}`, watch]));
  return [...links.values()].map(({ name, runbook }) => ({
    title: `Runbook: ${name}`,
    url: runbookUrl(name, runbook),
  }));
}

/** The page of an alert: its own, else the one under the dashboard's base of runbooks. */
export const runbookUrl = (alert: string, own: string | undefined): string => own ?? `\${runbooks}/${alert}.md`;
