import { nearest } from '../../core/nearest.ts';
import { exampleView } from './example.ts';

/** Blocks in which every name may stand. */
const OPEN = ['labels', 'annotations'];

/** What a name is looked up in, innermost first; undefined where every name may be. */
type Scopes = readonly (object | undefined)[];
type Found = { readonly value: unknown } | undefined;

/** What of a template cannot be filled in, and its offset. */
interface Wrong {
  readonly message: string;
  readonly at: number;
}

/** Only what is needed and safe: there is nowhere to define partials, and what targets and users say is never markup. */
const REFUSED: Readonly<Record<string, string>> = {
  '>': 'a template knows no partials {{> … }}',
  '&': 'a template knows no unescaped values {{{ … }}} or {{& … }}: write {{ … }}',
};

/** The first span of a parsed template that means nothing. A span is its kind, its text, two places and, of a section, the spans within. */
export function wrongSpan(spans: readonly unknown[], scopes: Scopes = [exampleView()]): Wrong | undefined {
  for (const span of spans) {
    if (!Array.isArray(span)) continue;
    const [kind, name, at, , within] = span as readonly unknown[];
    const isName = kind === 'name' || kind === '#' || kind === '^';
    const message = REFUSED[String(kind)] ?? (isName ? wrongName(kind, String(name), scopes) : undefined);
    if (message !== undefined) return { message, at: Number(at) };
    const inner = kind === '#' ? [...scopeOf(String(name), scopes), ...scopes] : scopes;
    const wrong = Array.isArray(within) ? wrongSpan(within, inner) : undefined;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongName(kind: 'name' | '#' | '^', name: string, scopes: Scopes): string | undefined {
  const found = find(name, scopes);
  if (found === undefined) return `a template knows no {{${name}}}${hint(name, scopes)}`;
  if (kind !== 'name' || typeof found.value !== 'object') return undefined;
  return `{{${name}}} is no text but a block: write {{#${name}}} … {{/${name}}}`;
}

/** What a section lets its names be looked up in first. */
function scopeOf(name: string, scopes: Scopes): Scopes {
  if (OPEN.includes(name.split('.').at(-1) ?? '')) return [undefined];
  const value = find(name, scopes)?.value;
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'object' && one !== null ? [one] : [];
}

/** Goes the steps of a dotted name; a number is any place of a list. */
function find(name: string, scopes: Scopes): Found {
  if (name === '.' || scopes.includes(undefined)) return { value: '' };
  const steps = name.split('.');
  for (const scope of scopes) {
    let found: Found = { value: scope };
    for (const [index, step] of steps.entries()) {
      const isOpen: boolean = OPEN.includes(steps[index - 1] ?? '') && step !== '';
      found = isOpen ? { value: '' } : stepInto(found?.value, step);
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepInto(value: unknown, step: string): Found {
  if (Array.isArray(value)) return /^\d+$/.test(step) ? { value: value[0] as unknown } : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return { value: (value as Readonly<Record<string, unknown>>)[step] };
}

function hint(name: string, scopes: Scopes): string {
  const near = nearest(
    name,
    scopes.flatMap((scope) => Object.keys(scope ?? {})),
  );
  return near === undefined ? '' : `; did you mean {{${near}}}?`;
}
