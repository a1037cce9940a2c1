import { createRequire } from 'node:module';
import { errorText } from '../core/errors.ts';

const require = createRequire(import.meta.url);

/** Why a text is no regular expression in RE2's syntax, or undefined where it is one. The library is loaded at the first call. */
export function patternProblem(pattern: string): string | undefined {
  const { RE2JS, RE2JSSyntaxException } = require('re2js') as typeof import('re2js');
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof RE2JSSyntaxException ? error.getDescription() : errorText(error);
  }
}
