import type { Body } from './body.ts';
import type { Head } from './head.ts';
import type { Json } from './json-path.ts';
import type { Secure } from './secure.ts';

/** An answer, as expectations and measures look at it; text and JSON are made once, when somebody asks. */
export interface Page {
  readonly head: Head;
  readonly body: Body;
  readonly secure: Secure | undefined;
  text(): string;
  /** The document, or why there is none. */
  json(): ParsedJson;
}

export type ParsedJson =
  | { readonly ok: true; readonly document: Json }
  | { readonly ok: false; readonly why: 'truncated' | 'not-json' };

/** The answer to look at. */
export function openPage(head: Head, body: Body, secure: Secure | undefined): Page {
  let text: string | undefined;
  let json: ParsedJson | undefined;
  const page: Page = {
    head,
    body,
    secure,
    text() {
      text ??= body.bytes.toString('utf8');
      return text;
    },
    json() {
      json ??= body.truncated ? { ok: false, why: 'truncated' } : parse(page.text());
      return json;
    },
  };
  return page;
}

function parse(text: string): ParsedJson {
  try {
    return { ok: true, document: JSON.parse(text) as Json };
  } catch {
    return { ok: false, why: 'not-json' };
  }
}
