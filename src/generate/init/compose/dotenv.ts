import { filled, type Variables } from './text.ts';

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*(?:=|:\s)\s*(.*)$/;

/** The variables of an env file as compose reads it: comments, `export`, quotes, `${VAR}` out of what stands before it. */
export function parseDotenv(text: string, outer: Variables = new Map()): Variables {
  const found = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const [, name, rest = ''] = LINE.exec(lines[at] ?? '') ?? [];
    if (name === undefined) continue;
    let value = rest;
    const quote = /^["'`]/.exec(rest)?.[0];
    // A quoted value may go on over several lines.
    while (quote !== undefined && quoted(value, quote) === undefined && at + 1 < lines.length)
      value += `\n${lines[++at] ?? ''}`;
    found.set(name, unquoted(value, new Map([...found, ...outer])));
  }
  return found;
}

/** What stands between the quotes; undefined where they are not closed. */
function quoted(text: string, quote: string): string | undefined {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return text.slice(1, at);
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unquoted(written: string, variables: Variables): string {
  const single = written.startsWith("'") ? quoted(written, "'") : undefined;
  if (single !== undefined) return single;
  const double = written.startsWith('"') ? quoted(written, '"') : undefined;
  if (double !== undefined)
    return filled(
      double.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped),
      variables,
    );
  return filled(written.replace(/(^|\s)#.*$/s, '').trimEnd(), variables);
}
