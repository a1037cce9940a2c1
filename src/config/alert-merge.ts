import type { AlertSpec, BuiltInAlert, Rank, RankRule } from '../core/alert.ts';
import { parseDurationMs } from '../core/duration.ts';
import type { MeasureSpec } from '../core/measure.ts';
import { rankOf, type Severity, severityAt } from '../core/severity.ts';
import { checkWhen } from '../core/when/check.ts';
import { FEWEST_RESULTS } from '../core/when/check-operand.ts';
import { measuresIn } from '../core/when/needs.ts';
import { printWhen } from '../core/when/print.ts';
import type { Test, When } from '../core/when/tree.ts';
import { builtInCondition, conditionOf } from './alert-condition.ts';
import type { AlertEntry } from './alert-entry.ts';
import { patternProblem } from './alert-pattern.ts';
import type { AlertPath, AlertProblem, Layer } from './alert-sources.ts';

/** Of an alert of one's own that does not say. */
const OWN_RANK: Rank = 2;

/** An alert before its parts are put together: what is built in, and the entries that change it, the last the strongest. */
export interface Draft {
  readonly name: string;
  readonly builtIn: BuiltInAlert | undefined;
  readonly layers: readonly Layer[];
}

/** The target that an alert is for. */
export interface Surroundings {
  readonly critical: boolean | undefined;
  /** Those in use, gravest first. */
  readonly severities: readonly Severity[];
  readonly intervalMs: number;
  readonly hasSlo: boolean;
  readonly measures: readonly MeasureSpec[];
  /** The list that a problem of nobody's entry is told of. */
  readonly path: AlertPath;
}

export interface Merged {
  /** Absent where there is a problem with it. */
  readonly spec?: AlertSpec;
  /** The condition's place; absent where it is the built-in one. */
  readonly whenPath?: AlertPath;
  readonly problems: readonly AlertProblem[];
  readonly warnings: readonly AlertProblem[];
}

/** The rank of a built-in alert. */
function rankBy(rule: RankRule, critical: boolean | undefined): Rank {
  if (rule === 'as-down') return critical === undefined ? 1 : critical ? 0 : 2;
  return typeof rule === 'number' ? rule : rule[critical ? 'critical' : 'otherwise'];
}

/** The last layer that gives a key. */
export const giver = (layers: readonly Layer[], key: keyof AlertEntry): Layer | undefined =>
  layers.findLast(({ entry }) => entry[key] !== undefined);

function given<K extends keyof AlertEntry>(layers: readonly Layer[], key: K): AlertEntry[K] | undefined {
  return giver(layers, key)?.entry[key];
}

/** The alert as it is in force, or what is wrong with it. */
export function merge(draft: Draft, surroundings: Surroundings): Merged {
  const { builtIn, layers } = draft;
  const changed = giver(layers, 'when');
  if (changed === undefined) {
    if (builtIn === undefined) return { problems: [], warnings: [] };
    const condition = builtInCondition(builtIn);
    return { ...finish(draft, condition, surroundings), warnings: emptyWindows(draft.name, condition, surroundings) };
  }
  const whenPath = [...changed.path, 'when'];
  const of = changed.entry.name === draft.name ? '' : `${draft.name}: `;
  const { condition, problems } = checkedCondition(changed, surroundings);
  if (condition === undefined)
    return {
      problems: problems.map((each) => ({ path: whenPath, ...each, message: of + each.message })),
      warnings: [],
    };
  return { ...finish(draft, condition, surroundings), whenPath, warnings: [] };
}

type Condition = { readonly condition?: When; readonly problems: readonly Omit<AlertProblem, 'path'>[] };

/** What does not parse in `defaults.alerts` is told by its own check. */
function checkedCondition({ entry, from }: Layer, surroundings: Surroundings): Condition {
  const parsed = conditionOf(entry);
  if (parsed?.ok !== true) return { problems: from === 'own' ? (parsed?.problems ?? []) : [] };
  const { intervalMs, hasSlo, measures } = surroundings;
  const problems = checkWhen(parsed.when, measures, { patternProblem, intervalMs, hasSlo });
  return problems.length > 0 ? { problems } : { condition: parsed.when, problems };
}

/** A built-in alert whose window is too short for the target's interval harms nobody, but is never judged. */
function emptyWindows(
  name: string,
  when: When,
  { measures, intervalMs, hasSlo, path }: Surroundings,
): readonly AlertProblem[] {
  const isShort = (test: Test): boolean =>
    test.kind === 'compare' && test.left.kind === 'aggregate' && test.left.overMs < FEWEST_RESULTS * intervalMs;
  if (!when.tests.some(isShort)) return [];
  const problems = checkWhen(when, measures, { patternProblem, intervalMs, hasSlo });
  return problems.map(({ message }) => ({ path, message: `${name} is never judged: ${message}` }));
}

function finish(draft: Draft, when: When, surroundings: Surroundings): Pick<Merged, 'spec' | 'problems'> {
  const { name, builtIn, layers } = draft;
  const { critical, measures, severities } = surroundings;
  const rank = builtIn === undefined ? OWN_RANK : rankBy(builtIn.rank, critical);
  const severity = given(layers, 'severity') ?? severityAt(severities, rank);
  const raise = raiseOf(layers, severity);
  const category = given(layers, 'category');
  const description = given(layers, 'description');
  const runbook = given(layers, 'runbook');
  const builtInForMs = builtIn?.for === undefined ? 0 : (parseDurationMs(builtIn.for) ?? 0);
  const spec: AlertSpec = {
    name,
    when,
    measures: named(when, measures),
    forMs: given(layers, 'for') ?? builtInForMs,
    severity,
    keepFiringForMs: given(layers, 'keep_firing_for') ?? 0,
    raise: raise.steps,
    labels: Object.assign({}, ...layers.map(({ entry }) => entry.labels ?? {})),
    summary: given(layers, 'summary') ?? builtIn?.summary ?? `${name} of {{ target }}: ${printWhen(when)}`,
    origin: builtIn === undefined ? 'own' : layers.length > 0 ? 'changed' : 'built-in',
    ...(category === undefined ? {} : { category }),
    ...(description === undefined ? {} : { description }),
    ...(runbook === undefined ? {} : { runbook }),
  };
  return { spec, problems: raise.problems };
}

/** Of these measures those that a condition names; a threshold may be the name of one too. */
function named(when: When, measures: readonly MeasureSpec[]): readonly MeasureSpec[] {
  const names = new Set(when.tests.flatMap(measuresIn).map(({ name }) => name));
  for (const test of when.tests) if (test.kind === 'compare' && test.value.kind === 'word') names.add(test.value.word);
  return measures.filter(({ name }) => names.has(name));
}

/** Steps that are no graver than the alert itself are mistakes where the target wrote them, and nothing where it inherits them. */
function raiseOf(layers: readonly Layer[], severity: Severity) {
  const from = giver(layers, 'raise');
  const all = (from?.entry.raise ?? []).map((step, index) => ({ step, index }));
  const idle = all.filter(({ step }) => rankOf(step.severity) >= rankOf(severity));
  const problems: AlertProblem[] =
    from?.from !== 'own'
      ? []
      : idle.map(({ step, index }) => ({
          path: [...from.path, 'raise', index, 'severity'],
          message: `the alert is ${severity} already: ${step.severity} raises nothing`,
        }));
  const steps = all
    .filter((each) => !idle.includes(each))
    .map(({ step }) => ({ afterMs: step.after, severity: step.severity }));
  return { steps, problems };
}

/** Each step of `raise` must come later than the one before it, and be graver. */
export const checkRaise = ({ entry, path }: Layer): AlertProblem[] =>
  (entry.raise ?? []).flatMap((step, index, all) => {
    const before = all[index - 1];
    if (before === undefined) return [];
    const at = [...path, 'raise', index];
    if (step.after <= before.after)
      return [{ path: [...at, 'after'], message: 'must be later than the step before it' }];
    if (rankOf(step.severity) < rankOf(before.severity)) return [];
    return [{ path: [...at, 'severity'], message: `must be graver than the ${before.severity} of the step before it` }];
  });
