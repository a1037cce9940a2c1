import { nearest } from '../core/nearest.ts';
import type { AlertProblem, Layer } from './alert-sources.ts';

const NAME = /^[A-Z][A-Za-z0-9]*$/;
const WILDCARD = /^[A-Z*][A-Za-z0-9*]*$/;

export const isWildcard = (name: string): boolean => name.includes('*');

/** Whether a name fits a pattern in which `*` stands for any characters; time linear in both. */
export function fitsPattern(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return name === pattern;
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let from = head.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= name.length - tail.length;
}

/** `api errors` → `ApiErrors`. */
const camelCase = (name: string): string =>
  name
    .split(/[^A-Za-z0-9*]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
    .replace(/^[0-9]+/, '');

/** Names that are no alertnames, and names that two entries of one list have. */
export function checkNames(layers: readonly Layer[], known: Iterable<string>): AlertProblem[] {
  const seen = new Set<string>();
  return layers.flatMap(({ entry: { name }, path, from }) => {
    const problem = (message: string, suggestion?: string): AlertProblem[] => [
      { path: [...path, 'name'], message, ...(suggestion === undefined ? {} : { suggestion }) },
    ];
    const isRight = from === 'defaults' ? WILDCARD.test(name) : NAME.test(name);
    if (!isRight && from === 'own' && WILDCARD.test(name)) return problem('only names in defaults.alerts may have a *');
    if (!isRight) {
      const meant = camelCase(name);
      return problem(
        'expected an alert’s name in CamelCase, such as ApiErrors',
        nearest(meant, known) ?? (meant || undefined),
      );
    }
    if (seen.has(name)) return problem(`"${name}" has an entry in this list already`);
    seen.add(name);
    return [];
  });
}

const WORDS = /[A-Z][a-z0-9]*/g;

/** A pattern with one `*` at its end or beginning that would fit one of the names. */
export function nearestPattern(pattern: string, names: Iterable<string>): string | undefined {
  const all = [...names];
  const part = pattern.replaceAll('*', '');
  const words = (name: string) => [...name.matchAll(WORDS)].map(({ index }) => index);
  if (pattern === `*${part}`) {
    const near = nearest(
      part,
      all.flatMap((name) => words(name).map((at) => name.slice(at))),
    );
    return near === undefined ? undefined : `*${near}`;
  }
  if (pattern !== `${part}*`) return undefined;
  const near = nearest(
    part,
    all.flatMap((name) => words(name).map((at) => name.slice(0, at))),
  );
  return near === undefined ? undefined : `${near}*`;
}
