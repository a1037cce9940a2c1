import { errorText } from '../../core/errors.ts';
import { exampleViews } from '../text/example.ts';
import { type Escape, plain, render } from '../text/template.ts';
import type { MessageView } from '../text/view.ts';

/** A body as it is sent, or why there is none. */
export type Body = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** A media type without what stands behind it: `application/json`. */
const baseOf = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

const isJson = (base: string): boolean => base === 'application/json' || base.endsWith('+json');
const isXml = (base: string): boolean => /^(?:text\/html|(?:text|application)\/xml)$|\+xml$/.test(base);

/** What stands between the quotes of a JSON string. */
const forJson: Escape = (text) => JSON.stringify(text.toWellFormed()).slice(1, -1);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in quotes; XML knows no other controls than tab and breaks. */
const forXml: Escape = (text) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}--[\t\n\r]]|[\ufffe\uffff]/gv, ' ')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const forForm: Escape = (text) => encodeURIComponent(text.toWellFormed());

function escapeFor(base: string): Escape {
  if (isJson(base)) return forJson;
  if (isXml(base)) return forXml;
  return base === 'application/x-www-form-urlencoded' ? forForm : plain;
}

/** A person's template, filled in for one message. Another service wants its own form: nothing takes its place where it fails. */
export function bodyOf(template: string, contentType: string, view: MessageView): Body {
  const base = baseOf(contentType);
  try {
    const text = render(template, view, escapeFor(base));
    if (isJson(base)) JSON.parse(text);
    return { ok: true, text };
  } catch (error) {
    const what = error instanceof SyntaxError && isJson(base) ? 'gives no JSON' : 'cannot be filled in';
    return { ok: false, message: `the template ${what}: ${errorText(error)}` };
  }
}

/** What is wrong with a template for any of the steps of an example, or undefined. */
export function problemOfBody(template: string, contentType: string): string | undefined {
  for (const view of exampleViews()) {
    const body = bodyOf(template, contentType, view);
    if (!body.ok) return `${body.message} (in a message of the step "${view.step}")`;
  }
  return undefined;
}
