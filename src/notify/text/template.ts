import Mustache from 'mustache';
import { z } from 'zod';
import { errorText } from '../../core/errors.ts';

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
    return problemIn(Mustache.parse(template));
  } catch (error) {
    return `not a template in Mustache’s language: ${errorText(error)}`;
  }
}

/** Only what is needed and safe: there is nowhere to define partials, and what targets and users say is never markup. */
const REFUSED: Readonly<Record<string, string>> = {
  '>': 'a template knows no partials {{> … }}',
  '&': 'a template knows no unescaped values {{{ … }}} or {{& … }}: write {{ … }}',
};

/** A span is its kind, its text, two places and, of a section, the spans within. */
function problemIn(spans: readonly unknown[]): string | undefined {
  for (const span of spans) {
    if (!Array.isArray(span)) continue;
    const [kind, , , , within] = span as readonly unknown[];
    const problem = REFUSED[String(kind)] ?? (Array.isArray(within) ? problemIn(within) : undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Fills in a template of ours. Throws where it is broken. */
export const render = (template: string, view: object, escape: Escape): string =>
  Mustache.render(template, bare(view), {}, { escape });

/** Fills in a person's template, or ours where there is none or theirs fails with this message. */
export function renderOwn(own: string | undefined, ours: string, view: object, escape: Escape): string {
  if (own === undefined) return render(ours, view, escape);
  try {
    return render(own, view, escape);
  } catch {
    return render(ours, view, escape);
  }
}

/** The same data without prototypes, so that a template finds nothing but data. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, bare(each)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as unknown;
}
