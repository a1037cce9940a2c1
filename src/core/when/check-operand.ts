import { formatDuration } from '../duration.ts';
import type { MeasureSpec } from '../measure.ts';
import { type CheckRules, checkLabel, checkMeasure, freeLabels } from './check-measure.ts';
import { type Quantity, quantityOf } from './quantity.ts';
import type { Operand, WhenProblem } from './tree.ts';

/** A window has no value until it holds this many results. */
export const FEWEST_RESULTS = 5;

/** Functions that keep a word a word. */
const OF_WORDS: ReadonlySet<string> = new Set(['min', 'max']);

/** What an operand means: its measure, what kind of number it is (undefined: a word), and the labels of its instances. */
export interface Meaning {
  readonly measure: MeasureSpec;
  readonly quantity: Quantity | undefined;
  readonly free: readonly string[];
}

/** What is wrong with an operand; its meaning is absent where nothing more can be said of it. */
export interface Checked {
  readonly problems: readonly WhenProblem[];
  readonly meaning?: Meaning;
}

/** What is wrong with one side, and what it means. */
export function checkOperand(operand: Operand, rules: CheckRules): Checked {
  const problems = [...checkMeasure(operand.measure, rules)];
  const measure = rules.measures.get(operand.measure.name);
  if (measure === undefined) return { problems };
  if (operand.kind === 'aggregate') problems.push(...checkAggregate(operand, measure, rules));
  if (operand.kind === 'across') problems.push(...checkAcross(operand, measure));
  if (operand.kind !== 'measure' && measure.unit === 'words' && !OF_WORDS.has(operand.fn)) {
    problems.push({ at: operand.at, message: `"${operand.fn}" has no meaning for words: use max or min` });
    return { problems };
  }
  const quantity = measure.unit === 'words' ? undefined : quantityOf(measure.unit, operand);
  return { problems, meaning: { measure, quantity, free: freeOf(operand, measure) } };
}

function freeOf(operand: Operand, measure: MeasureSpec): readonly string[] {
  const free = freeLabels(operand.measure, measure);
  if (operand.kind !== 'across') return free;
  return free.filter((label) => operand.by.some((by) => by.label === label));
}

function checkAggregate(
  { fn, at, overMs, overAt }: Operand & { kind: 'aggregate' },
  { name, kind }: MeasureSpec,
  { intervalMs }: CheckRules,
): WhenProblem[] {
  const problems: WhenProblem[] = [];
  if ((fn === 'rate' || fn === 'increase') && kind !== 'counter')
    problems.push({
      at,
      message: `"${fn}" needs a counter, and "${name}" goes up and down: use avg, max or deviation`,
    });
  const leastMs = FEWEST_RESULTS * intervalMs;
  if (overMs < leastMs) {
    const every = formatDuration(intervalMs);
    const message = `a window of ${formatDuration(overMs)} never holds the ${FEWEST_RESULTS} results that it needs: the target is probed every ${every}`;
    problems.push({ at: overAt, message, suggestion: formatDuration(leastMs) });
  }
  return problems;
}

function checkAcross({ fn, at, by, measure: ref }: Operand & { kind: 'across' }, measure: MeasureSpec): WhenProblem[] {
  if ((measure.labels ?? []).length > 0) return by.flatMap((label) => checkLabel(label, measure));
  const message = `"${fn}" joins the instances of a measure, and "${ref.name}" has but one: leave it out, or add a window`;
  return [{ at, message, suggestion: by.length === 0 ? `${fn}(${ref.name}) over 5m` : ref.name }];
}
