import { nearest } from '../core/nearest.ts';
import type { AlertProblem, Layer } from './alert-sources.ts';

const PLACEHOLDER = /\{\{([^{}]*)(\}\}|$|[{}])/g;
const PLACEHOLDERS = ['target', 'value', 'threshold'] as const;
const LABEL = /^labels\.[a-zA-Z_][a-zA-Z0-9_]*$/;

/** What is wrong with the `{{ … }}` of a summary or description; `at` is the placeholder's offset in the text. */
export function templateProblems(text: string): readonly Omit<AlertProblem, 'path'>[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(({ index: at, 1: inside = '', 2: end }) => {
    if (end !== '}}') return [{ at, message: 'this {{ is never closed by }}' }];
    const name = inside.trim();
    if (LABEL.test(name) || PLACEHOLDERS.some((each) => each === name)) return [];
    const plain = name.replace(/^[$.]+/, '');
    const meant = LABEL.test(plain) ? plain : nearest(plain, PLACEHOLDERS);
    const message = `unknown placeholder {{ ${name.slice(0, 40)} }}; there are target, value, threshold and labels.x`;
    return [meant === undefined ? { at, message } : { at, message, suggestion: `{{ ${meant} }}` }];
  });
}

/** The same for the texts of an entry. */
export const checkTemplates = ({ entry, path }: Layer): AlertProblem[] =>
  (['summary', 'description'] as const).flatMap((key) =>
    templateProblems(entry[key] ?? '').map((problem) => ({ path: [...path, key], ...problem })),
  );
