import type { MeasureSpec } from '../measure.ts';
import { type CheckRules, checkMeasure, listed, unknown } from './check-measure.ts';
import { checkOperand, type Meaning } from './check-operand.ts';
import { misfit } from './fit.ts';
import { printOperand, printThreshold } from './print.ts';
import { dividedBy, inWords, type Quantity } from './quantity.ts';
import type { Comparison, Test, Threshold, When, WhenProblem } from './tree.ts';

/** Everything that is wrong with a condition for a target that has these measures. */
export function checkWhen(
  when: When,
  measures: readonly MeasureSpec[],
  rules: Omit<CheckRules, 'measures'>,
): readonly WhenProblem[] {
  const all = { ...rules, measures: new Map(measures.map((measure) => [measure.name, measure])) };
  const sides = when.tests.map((test) => checkTest(test, all));
  const problems = [...checkBurning(when, all), ...sides.flatMap((side) => side.problems)];
  return problems.length > 0 ? problems : checkJoin(sides);
}

function checkBurning({ text, tests }: When, { hasSlo }: CheckRules): readonly WhenProblem[] {
  if (hasSlo || !tests.some(({ kind }) => kind === 'burning')) return [];
  const message = '"burning" needs an objective: write "slo: 99.9% over 30d" at the target';
  return [{ at: Math.max(0, text.indexOf('burning')), message }];
}

/** A checked test: what is wrong with it, or the instances that it is judged for. */
interface CheckedTest {
  readonly problems: readonly WhenProblem[];
  readonly at: number;
  readonly free: readonly string[];
}

function checkTest(test: Test, rules: CheckRules): CheckedTest {
  if (test.kind === 'absent') return { problems: checkMeasure(test.measure, rules), at: test.measure.at, free: [] };
  if (test.kind !== 'compare') return { problems: [], at: 0, free: [] };
  const { at } = test.left.measure;
  const left = checkOperand(test.left, rules);
  const divisor = test.divisor === undefined ? undefined : checkOperand(test.divisor, rules);
  const problems = [...left.problems, ...(divisor?.problems ?? [])];
  const { meaning } = left;
  if (meaning === undefined || (divisor !== undefined && divisor.meaning === undefined))
    return { problems, at, free: [] };
  if (divisor?.meaning === undefined) problems.push(...checkValue(test, meaning, rules));
  else problems.push(...checkQuotient(test, meaning, divisor.meaning, rules));
  return { problems, at, free: meaning.free };
}

function checkQuotient(test: Comparison, left: Meaning, right: Meaning, rules: CheckRules): readonly WhenProblem[] {
  const at = test.divisor?.measure.at ?? 0;
  const name = (side: Meaning): string => `"${side.measure.name}"`;
  if (left.quantity === undefined || right.quantity === undefined)
    return [{ at, message: `${name(left.quantity === undefined ? left : right)} is a word and cannot be divided` }];
  const quantity = dividedBy(left.quantity, right.quantity);
  const kinds = `${name(left)} is ${inWords(left.quantity)} and ${name(right)} is ${inWords(right.quantity)}`;
  if (quantity === undefined) return [{ at, message: `${kinds}: dividing them has no meaning` }];
  const unpaired = right.free.filter((label) => !left.free.includes(label));
  if (unpaired.length > 0) return [{ at, message: severalInstances(right, unpaired, 'the left side') }];
  return checkValue(test, { ...left, quantity }, rules);
}

const severalInstances = (side: Meaning, unpaired: readonly string[], other: string): string =>
  `"${side.measure.name}" has an instance for each ${unpaired.join(' and ')}, which ${other} does not tell apart: name one in braces, or join them by sum(…) or max(…)`;

function checkValue(test: Comparison, left: Meaning, rules: CheckRules): readonly WhenProblem[] {
  const { value } = test;
  if (left.quantity === undefined) return checkWord(test, left.measure);
  const { quantity } = left;
  if (value.kind === 'word') return checkOtherMeasure(value, test, { ...left, quantity }, rules);
  const wrong = misfit(value, quantity);
  if (wrong === undefined) return [];
  const { expected, ...suggestion } = wrong;
  const message = `"${printThreshold(value)}" does not fit ${subject(test)}, which is ${expected}`;
  return [{ at: value.at, message, ...suggestion }];
}

const subject = ({ left, divisor }: Comparison): string =>
  divisor === undefined ? printOperand(left) : `${printOperand(left)} / ${printOperand(divisor)}`;

/** A measure of words is compared with one of its words. */
function checkWord({ op, value }: Comparison, { name, words = [] }: MeasureSpec): readonly WhenProblem[] {
  const { at } = value;
  const written = printThreshold(value);
  if (value.kind === 'number')
    return [{ at, message: `"${name}" is a word: compare it with one of ${listed(words)}, not with ${written}` }];
  if (!words.includes(written)) return [unknown(at, `"${name}" is never "${written}"`, written, words)];
  const isLast = written === words.at(-1);
  const isFirst = written === words[0];
  if ((op === '>' && isLast) || (op === '<' && isFirst))
    return [{ at, message: `this never holds: nothing is ${isLast ? 'graver' : 'milder'} than "${written}"` }];
  return [];
}

/** `age > due`: the other measure must be of the same unit and have no instances of its own. */
function checkOtherMeasure(
  { word, at }: Threshold & { kind: 'word' },
  { left, divisor }: Comparison,
  meaning: Meaning & { readonly quantity: Quantity },
  { measures }: CheckRules,
): readonly WhenProblem[] {
  const { base, perSecond } = meaning.quantity;
  const isSame = ({ unit }: MeasureSpec): boolean => unit === base && !perSecond;
  const other = measures.get(word);
  if (other === undefined) {
    const alike = [...measures.values()].filter(isSame).map(({ name }) => name);
    return [unknown(at, `expected a value or another measure, got "${word}"`, word, alike)];
  }
  if (!isSame(other)) {
    const quantity = other.unit === 'words' ? 'a word' : inWords({ base: other.unit, perSecond: false });
    return [{ at, message: `"${word}" is ${quantity} and the left side is ${inWords(meaning.quantity)}` }];
  }
  if (divisor === undefined && left.kind === 'measure' && left.measure.name === word)
    return [{ at, message: `"${word}" is compared with itself` }];
  const unpaired = (other.labels ?? []).filter((label) => !meaning.free.includes(label));
  if (unpaired.length === 0) return [];
  return [{ at, message: severalInstances({ ...meaning, measure: other }, unpaired, 'the left side') }];
}

/** Tests hold together for one instance: one of them must have the labels of all others. */
function checkJoin(tests: readonly CheckedTest[]): readonly WhenProblem[] {
  const finest = tests.reduce<readonly string[]>((most, { free }) => (free.length > most.length ? free : most), []);
  const apart = tests.find(({ free }) => free.some((label) => !finest.includes(label)));
  if (apart === undefined) return [];
  const message = `the tests have no instance in common: one is told by ${finest.join(' and ')}, this one by ${apart.free.join(' and ')}; join one by sum(…) or max(…), or name an instance in braces`;
  return [{ at: apart.at, message }];
}
