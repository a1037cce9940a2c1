import { nearest } from '../core/nearest.ts';
import { measuresIn } from '../core/when/needs.ts';
import { conditionOf } from './alert-condition.ts';
import { checkRaise } from './alert-merge.ts';
import { checkNames, fitsPattern, isWildcard, nearestPattern } from './alert-name.ts';
import { type AlertProblem, type DefaultAlertSources, type Layer, layersOf } from './alert-sources.ts';
import { checkTemplates } from './alert-template.ts';

/** What is wrong with `defaults.alerts` whatever the target: called once for a config, beside `resolveAlerts` for each target. */
export function checkDefaultAlerts(sources: DefaultAlertSources): readonly AlertProblem[] {
  const { allBuiltInNames, ownNames } = sources;
  const layers = layersOf(sources.defaults, 'defaults');
  const defined = layers.map(({ entry }) => entry.name).filter((name) => !isWildcard(name));
  const names = new Set([...allBuiltInNames, ...ownNames, ...defined]);
  const wrongNames = checkNames(layers, allBuiltInNames);
  const isWrong = new Set(wrongNames.map(({ path }) => path.at(-2)));
  return [
    ...wrongNames,
    ...layers.flatMap((layer) => [
      ...(isWrong.has(layer.path.at(-1) ?? '') ? [] : checkKnown(layer, names, allBuiltInNames)),
      ...checkCondition(layer, sources.measureNames),
      ...checkRaise(layer),
      ...checkTemplates(layer),
    ]),
  ];
}

/** An entry changes a built-in alert, fits a pattern to some alert, or defines one of its own. */
function checkKnown({ entry, path }: Layer, names: ReadonlySet<string>, builtIn: ReadonlySet<string>): AlertProblem[] {
  const { name } = entry;
  if (isWildcard(name)) {
    if ([...names].some((each) => fitsPattern(name, each))) return [];
    const message = `"${name}" fits the name of no alert`;
    return [{ path: [...path, 'name'], ...withSuggestion(message, nearestPattern(name, names)) }];
  }
  if (entry.when !== undefined || builtIn.has(name)) return [];
  const message = `there is no built-in alert "${name}"; one of your own needs "when"`;
  return [{ path: [...path, 'name'], ...withSuggestion(message, nearest(name, builtIn)) }];
}

const withSuggestion = (message: string, suggestion: string | undefined) =>
  suggestion === undefined ? { message } : { message, suggestion };

/** Whether its measures fit is a question for each target; here they must only exist somewhere. */
function checkCondition({ entry, path }: Layer, measureNames: ReadonlySet<string>): AlertProblem[] {
  const whenPath = [...path, 'when'];
  const parsed = conditionOf(entry);
  if (parsed === undefined) return [];
  if (!parsed.ok) return parsed.problems.map((problem) => ({ path: whenPath, ...problem }));
  return parsed.when.tests
    .flatMap(measuresIn)
    .filter(({ name }) => !measureNames.has(name))
    .map(({ name, at }) => {
      const message = `no target and no type measures "${name}"`;
      return { path: whenPath, at, ...withSuggestion(message, nearest(name, measureNames)) };
    });
}
