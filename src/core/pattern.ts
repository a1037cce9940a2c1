import { createRequire } from 'node:module';
import { errorText } from './errors.ts';

const require = createRequire(import.meta.url);

/** Whether a whole text fits a pattern. */
export type Fits = (text: string) => boolean;

export type Compiled = { readonly ok: true; readonly fits: Fits } | { readonly ok: false; readonly why: string };

/**
 * A regular expression in RE2's syntax that must match the whole text, in time linear in it, as Alertmanager's matchers do.
 * The library is loaded with the first pattern that is more than words with `|` between them.
 */
export function compilePattern(source: string): Compiled {
  if (!/[\\^$.[\](){}*+?]/.test(source)) {
    const words = new Set(source.split('|'));
    return { ok: true, fits: (text) => words.has(text) };
  }
  const { RE2JS, RE2JSSyntaxException } = require('re2js') as typeof import('re2js');
  try {
    const pattern = RE2JS.compile(source);
    return { ok: true, fits: (text) => pattern.testExact(text) };
  } catch (error) {
    return { ok: false, why: error instanceof RE2JSSyntaxException ? error.getDescription() : errorText(error) };
  }
}
