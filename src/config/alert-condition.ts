import type { BuiltInAlert } from '../core/alert.ts';
import { type Parsed, parseWhen } from '../core/when/parse.ts';
import type { Test, When } from '../core/when/tree.ts';

const known = new WeakMap<object, Parsed>();

/** `parseWhen`, once for an entry that many targets share; undefined where it has no condition. */
export function conditionOf(holder: { readonly when?: string | undefined }): Parsed | undefined {
  const before = known.get(holder);
  if (before !== undefined || holder.when === undefined) return before;
  const parsed = parseWhen(holder.when);
  known.set(holder, parsed);
  return parsed;
}

/** The condition of a built-in alert; throws where it does not parse, which is a bug. */
export function builtInCondition(builtIn: BuiltInAlert): When {
  const parsed = conditionOf(builtIn);
  if (parsed?.ok !== true) throw new Error(`the built-in alert ${builtIn.name} does not parse: ${builtIn.when}`);
  return parsed.when;
}

/** Whether it is the alert that a target has for being down. */
export const isDownAlert = (builtIn: BuiltInAlert): boolean =>
  builtInCondition(builtIn).tests.every((test) => test.kind === 'down');

/** The measures that a test asks for. */
export function measuresOf(test: Test): readonly { readonly name: string; readonly at: number }[] {
  if (test.kind === 'absent') return [test.measure];
  if (test.kind !== 'compare') return [];
  return test.divisor === undefined ? [test.left.measure] : [test.left.measure, test.divisor.measure];
}
