/** The status line and headers of an answer. Names are in lower case; repeated headers are joined by `, `. */
export interface Head {
  readonly version: '1.0' | '1.1';
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** Problems are told without the subject: `sent a header without a name`. */
export type ParsedHead = { readonly ok: true; readonly head: Head } | { readonly ok: false; readonly problem: string };

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
/** More lines than this are an attack. */
const MOST_HEADERS = 1000;

/** Reads a head without its last empty line. Lines may end in LF alone and may be folded (RFC 9112 §2.2, §5.2). */
export function parseHead(text: string): ParsedHead {
  const headers = new Map<string, string>();
  let end = lineEnd(text, 0);
  const statusLine = STATUS_LINE.exec(text.slice(0, end));
  if (statusLine === null) return { ok: false, problem: 'sent a status line that is not HTTP/1.1' };
  let name = '';
  for (let at = nextLine(text, end); at < text.length; at = nextLine(text, end)) {
    end = lineEnd(text, at);
    const first = text.charCodeAt(at);
    if (first === SPACE || first === TAB) {
      if (name === '') return { ok: false, problem: 'sent a folded line before any header' };
      headers.set(name, `${headers.get(name) ?? ''} ${text.slice(at, end).trim()}`.trim());
      continue;
    }
    const colon = text.indexOf(':', at);
    if (colon <= at || colon >= end) return { ok: false, problem: 'sent a header without a name' };
    name = text.slice(at, colon).toLowerCase();
    if (name.endsWith(' ') || name.endsWith('\t'))
      return { ok: false, problem: 'sent a header whose name ends in a space' };
    const value = text.slice(colon + 1, end).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
    if (headers.size > MOST_HEADERS) return { ok: false, problem: 'sent more than 1000 headers' };
  }
  const version = statusLine[1] === '0' ? '1.0' : '1.1';
  return { ok: true, head: { version, status: Number(statusLine[2]), headers } };
}

const SPACE = 32;
const TAB = 9;
const CR = 13;

/** Where the line that begins at `from` ends, without CR and LF. */
function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  if (newline === -1) return text.length;
  return newline > from && text.charCodeAt(newline - 1) === CR ? newline - 1 : newline;
}

/** Where the line after the one that ends at `end` begins. */
function nextLine(text: string, end: number): number {
  return end + (text.charCodeAt(end) === CR ? 2 : 1);
}
