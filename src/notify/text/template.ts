import Mustache from 'mustache';
import { z } from 'zod';
import { errorText } from '../../core/errors.ts';
import { wrongSpan } from './names.ts';

/** Makes a text safe where it is put: what a channel's markup is made of stands for itself. */
export type Escape = (text: string) => string;

/** The text as it is, for channels without markup. */
export const plain: Escape = (text) => text;

/** A template that a person wrote instead of ours, in Mustache's language. Source: https://mustache.github.io/mustache.5.html */
export const templateText = () =>
  z.string().superRefine((written, context) => {
    const wrong = problemOf(written);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });

/** What is wrong with a template, or undefined. */
function problemOf(template: string): string | undefined {
  try {
    const wrong = wrongSpan(Mustache.parse(template));
    return wrong === undefined ? undefined : `${placeIn(template, wrong.at)}: ${wrong.message}`;
  } catch (error) {
    const [why = '', at = '0'] = errorText(error).split(/ at (\d+)$/);
    return `${placeIn(template, Number(at))}: not a template in Mustache’s language: ${why}`;
  }
}

/** Where in a text an offset is, for people: `line 2, column 5`. */
function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  const column = `column ${(before.at(-1) ?? '').length + 1}`;
  return text.includes('\n') ? `line ${before.length}, ${column}` : column;
}

/** Fills in a template of ours. Throws where it is broken. */
export const render = (template: string, view: object, safe: Escape): string =>
  Mustache.render(template, bare(view), {}, { escape: (value: unknown) => safe(textOf(value)) });

/** Of what is no text nothing is shown but numbers and truth. */
const textOf = (value: unknown): string => (typeof value === 'object' ? '' : String(value));

/** Fills in a person's template, or ours where there is none or theirs fails with this message. */
export function renderOwn(own: string | undefined, ours: string, view: object, safe: Escape): string {
  if (own === undefined) return render(ours, view, safe);
  try {
    return render(own, view, safe);
  } catch {
    return render(ours, view, safe);
  }
}

/** The same data without prototypes, so that a template finds nothing but data. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return Object.setPrototypeOf(value.map(bare), null) as unknown;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, bare(each)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as unknown;
}
