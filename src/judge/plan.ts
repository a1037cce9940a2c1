import { type AlertSpec, isOnDown } from '../core/alert.ts';
import { measuresIn, windowsOf } from '../core/when/needs.ts';
import type { Test } from '../core/when/tree.ts';
import { type Condition, compile } from './condition.ts';
import { BURNING_MS } from './slo.ts';

/** An alert with its condition made ready. */
export interface Planned {
  readonly spec: AlertSpec;
  readonly condition: Condition;
  /** The longest window that it looks back through, 0 for none; ms. */
  readonly windowMs: number;
  /** Whether it asks for `down` beside other tests: then it is judged while the target is down too. */
  readonly judgedDown: boolean;
}

/** The alerts of a target, by the way in which they are judged. */
export interface Plan {
  readonly specs: ReadonlyMap<string, AlertSpec>;
  readonly down: readonly AlertSpec[];
  readonly conditions: readonly Planned[];
  readonly unmeasured: AlertSpec | undefined;
  readonly missing: AlertSpec | undefined;
  /** The measures that some alert watches. */
  readonly watched: ReadonlySet<string>;
  /** Those whose values of the moment a condition reads, and words that may name one. */
  readonly current: ReadonlySet<string>;
  /** The longest window of all, ms. */
  readonly windowMs: number;
  /** Whether any alert asks for these. */
  readonly asksBurning: boolean;
}

const known = new WeakMap<readonly AlertSpec[], Plan>();

/** The plan for these alerts; many targets share one list, and then one plan. */
export function planOf(alerts: readonly AlertSpec[]): Plan {
  const before = known.get(alerts);
  if (before !== undefined) return before;
  const plan = makePlan(alerts);
  known.set(alerts, plan);
  return plan;
}

const isOnly = (kind: string) => (spec: AlertSpec) => spec.when.tests.every((test) => test.kind === kind);

function currentIn(test: Test): readonly string[] {
  if (test.kind === 'absent') return [test.measure.name];
  if (test.kind !== 'compare') return [];
  const { left, divisor, value } = test;
  const operands = [left, divisor].filter((operand) => operand !== undefined && operand.kind !== 'aggregate');
  return [...operands.map((operand) => operand.measure.name), ...(value.kind === 'word' ? [value.word] : [])];
}

const asksBurning = ({ when }: AlertSpec): boolean => when.tests.some(({ kind }) => kind === 'burning');

function makePlan(alerts: readonly AlertSpec[]): Plan {
  const special = ['unmeasured', 'missing'].map(isOnly);
  const conditions = alerts.filter((spec) => !isOnDown(spec) && !special.some((is) => is(spec)));
  const planned = conditions.map((spec) => ({
    spec,
    condition: compile(spec),
    windowMs: Math.max(asksBurning(spec) ? BURNING_MS : 0, ...windowsOf([spec.when]).values()),
    judgedDown: spec.when.tests.some(({ kind }) => kind === 'down'),
  }));
  return {
    specs: new Map(alerts.map((spec) => [spec.name, spec])),
    down: alerts.filter(isOnDown),
    conditions: planned,
    unmeasured: alerts.find(isOnly('unmeasured')),
    missing: alerts.find(isOnly('missing')),
    watched: new Set(conditions.flatMap(({ when }) => when.tests.flatMap(measuresIn)).map(({ name }) => name)),
    current: new Set(conditions.flatMap(({ when }) => when.tests.flatMap(currentIn))),
    windowMs: Math.max(0, ...planned.map(({ windowMs }) => windowMs)),
    asksBurning: conditions.some(asksBurning),
  };
}
