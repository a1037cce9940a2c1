import type { BuiltInAlert } from '../core/alert.ts';
import { type Parsed, parseWhen } from '../core/when/parse.ts';
import { WATCH_TESTS, type When } from '../core/when/tree.ts';

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
  const watch = WATCH_TESTS.find((kind) => kind === builtIn.when);
  if (watch !== undefined) return { text: watch, tests: [{ kind: watch }] };
  const parsed = conditionOf(builtIn);
  if (parsed?.ok !== true) throw new Error(`the built-in alert ${builtIn.name} does not parse: ${builtIn.when}`);
  return parsed.when;
}

/** Whether it is the alert that a target has for being down. */
export const isDownAlert = (builtIn: BuiltInAlert): boolean =>
  builtInCondition(builtIn).tests.every((test) => test.kind === 'down');
