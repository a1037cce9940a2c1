import type { Node } from './located.ts';

const HIDDEN = '<secret>';

/** Keys whose values nobody may read again, whatever type they belong to. */
export const SECRET_KEY =
  /pass|pwd|secret|token|api_?key|routing_?key|credential|bearer|authorization|cookie|hash|signature|heartbeat_url/i;

const USERINFO = /[a-z][a-z0-9+.-]*:\/\/([^/?#\s]*)@/gi;

const QUERY = /:\/\/[^\s?]*\?(\S+)/g;

/** Passwords in the URLs of a text, as written and decoded; of an http URL without a password its user, which is a token then. */
export function urlSecrets(text: string): readonly string[] {
  if (!text.includes('@')) return [];
  const found: string[] = [];
  for (const [whole, userinfo = ''] of text.matchAll(USERINFO)) {
    const colon = userinfo.indexOf(':');
    const secret = colon === -1 ? (/^https?:/i.test(whole) ? userinfo : '') : userinfo.slice(colon + 1);
    if (secret !== '') found.push(secret, decoded(secret));
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every text below a node that a message must not repeat: what was filled in, values of secret keys, passwords in URLs. */
export function hiddenIn(node: Node, key = '', into: Set<string> = new Set()): Set<string> {
  if (node.kind === 'seq') for (const item of node.items) hiddenIn(item, key, into);
  else if (node.kind === 'map') for (const entry of node.entries.values()) hiddenIn(entry.value, entry.key, into);
  else if (typeof node.value === 'string') {
    for (const text of urlSecrets(node.value)) into.add(text);
    for (const [, query = ''] of node.value.matchAll(QUERY)) into.add(query);
    if (SECRET_KEY.test(key) || node.fills !== undefined) into.add(node.value);
    for (const text of node.fills ?? []) into.add(text);
  }
  into.delete('');
  return into;
}

/** Shorter texts are hidden as whole words only, or they would eat the message. */
const SHORT = 4;

/** A message without any of the texts, whole or as a quoted part of one. */
export function hide(message: string, texts: ReadonlySet<string>): string {
  const all = [...texts].sort((a, b) => b.length - a.length);
  const quoted = message.replace(/(["`])([^"`]+)\1/g, (part, mark: string, inner: string) =>
    all.some((text) => text.includes(inner)) ? `${mark}${HIDDEN}${mark}` : part,
  );
  return all.reduce(hideOne, quoted);
}

function hideOne(message: string, text: string): string {
  if (text.length >= SHORT) return message.replaceAll(text, HIDDEN);
  return message.replace(new RegExp(`(?<![\\w<])${RegExp.escape(text)}(?![\\w>])`, 'g'), HIDDEN);
}

/** Longer secrets are known by their beginning; of one of many lines each long line is one. */
const LONGEST = 1000;
const LINES = 200;
const LONG_LINE = 8;

/** The texts by which a scrubber finds a secret: itself, or its lines where a file holds several. */
export function tracesOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/);
  const [whole = ''] = lines;
  const traces = lines.length === 1 ? [whole] : lines.filter(({ length }) => length >= LONG_LINE).slice(0, LINES);
  return traces.map((line) => line.slice(0, LONGEST).toWellFormed());
}
