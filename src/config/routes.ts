import { parseMatchers } from '../core/matcher-text.ts';
import { compileMatchers } from '../core/matching.ts';
import { nearest } from '../core/nearest.ts';
import type { LabelMatcher } from '../core/silence.ts';
import { type Checking, complain } from './checked.ts';
import type { Config, ConfiguredRoute } from './config.ts';
import type { FileKeys } from './file-schema.ts';
import { childOf, type Path, textOf } from './located.ts';
import { checkNames, matchersOf } from './maintenance.ts';
import { readKeys } from './read-keys.ts';
import { type RouteKeys, routeSchema } from './route-schema.ts';
import { checkSeverities, severitiesOf } from './severities.ts';
import { timeIntervalsOf } from './time-intervals.ts';

/** Tells what is wrong with severities, routes and `fallback` beyond their keys' form: names that nothing has, matchers that are none. */
export function checkRouting(checking: Checking): void {
  // What has a mistake is called by its name all the same.
  const receivers = keysOf(checking, 'notify');
  const intervals = keysOf(checking, 'time_intervals');
  const checkReceivers = (path: Path, names: readonly string[]): void =>
    checkNames(checking, path, names, receivers, 'no receiver is called');
  checkSeverities(checking, checkReceivers);
  checkFallback(checking, receivers);
  const list = childOf(checking.root, 'routes');
  for (const [index, node] of list?.kind === 'seq' ? list.items.entries() : []) {
    if (node.kind !== 'map') continue;
    const path = ['routes', index];
    // The form of the keys was told of with the file.
    const { values } = readKeys({ ...checking, problems: [], warnings: [] }, routeSchema, node, path);
    checkReceivers([...path, 'to'], values.to ?? []);
    checkNames(checking, [...path, 'during'], values.during ?? [], intervals, 'no time interval is called');
    for (const [at, text] of (values.matchers ?? []).entries()) {
      const parsed = parseMatchers(text);
      if (!parsed.ok) complain(checking, [...path, 'matchers', at], parsed);
    }
    if (values.outside !== undefined && !node.entries.has('during'))
      complain(checking, [...path, 'outside'], {
        key: true,
        message: 'says nothing without during: the route is always open',
      });
  }
}

function keysOf({ root }: Checking, key: string): ReadonlySet<string> {
  const node = childOf(root, key);
  return new Set(node?.kind === 'map' ? node.entries.keys() : []);
}

function checkFallback(checking: Checking, receivers: ReadonlySet<string>): void {
  const name = textOf(childOf(checking.root, 'fallback'));
  if (name === undefined || receivers.has(name)) return;
  const suggestion = nearest(name, receivers);
  const hint = suggestion === undefined ? {} : { suggestion };
  complain(checking, ['fallback'], { message: `no receiver is called "${name}"`, ...hint });
}

/** What decides who is told and when, of a config without mistakes. */
export function routingOf(file: FileKeys): Pick<Config, 'severities' | 'timeIntervals' | 'routes' | 'fallback'> {
  const timeIntervals = timeIntervalsOf(file);
  const routes = (file.routes ?? []).map((route) => routeOf(route, timeIntervals));
  return { severities: severitiesOf(file), timeIntervals, routes, fallback: file.fallback };
}

function routeOf(keys: RouteKeys, timeIntervals: Config['timeIntervals']): ConfiguredRoute {
  const { match = {}, during, to, escalation, outside = 'hold' } = keys;
  const matchers = [...Object.entries(match).map(matcherOf), ...matchersOf(keys.matchers ?? [])];
  const compiled = compileMatchers(matchers);
  if (!compiled.ok) throw new Error('the matchers of a route were not checked');
  const { matching } = compiled;
  const intervals = during?.flatMap((name) => timeIntervals[name] ?? []);
  return {
    ...{ matchers, matching, during, intervals, outside, escalation },
    to: [...new Set(to)],
    continue: keys.continue ?? false,
  };
}

function matcherOf([name, value]: readonly [string, string | readonly string[]]): LabelMatcher {
  const is = { name, isEqual: true };
  if (typeof value === 'string') return { ...is, value, isRegex: false };
  return { ...is, value: value.map(literal).join('|'), isRegex: true };
}

/** A pattern that only this text fits. */
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
