import { formatDuration } from '../../core/duration.ts';
import type { Key, Value } from './draft.ts';

const CONDITION = /^\s*(.+?)\s*(==|!=|<=|>=|<|>)\s*(.*?)\s*$/;
const LIST = /^any\((.*)\)$/;
const PATTERN = /^pat\((.*)\)$/;
const NUMBER = /^-?\d+(\.\d+)?$/;
const LEAST_STATUS = 100;
const MOST_STATUS = 599;

interface Found {
  readonly statuses: (string | number)[];
  from: number;
  to: number;
  readonly json: Record<string, Value>;
  body: string | undefined;
  readonly alerts: Value[];
  /** Over which times are judged. */
  readonly window: string;
}

const SHORTEST_WINDOW_MS = 15 * 60_000;
/** A window needs as many results. */
const RESULTS = 5;

/** The keys that say what Gatus' conditions say, and the conditions that no key can say. Without one for the status any is up. */
export function conditionsOf(
  conditions: readonly string[],
  intervalMs: number,
): { readonly keys: readonly Key[]; readonly unknown: readonly string[] } {
  const window = formatDuration(Math.max(SHORTEST_WINDOW_MS, RESULTS * intervalMs));
  const found: Found = {
    statuses: [],
    from: LEAST_STATUS,
    to: MOST_STATUS,
    json: {},
    body: undefined,
    alerts: [],
    window,
  };
  const unknown = conditions.filter((condition) => {
    const [, left = '', operator = '', right = ''] = CONDITION.exec(condition) ?? [];
    return !take(found, left, operator, right);
  });
  const { statuses, from, to, json, body, alerts } = found;
  const status: Value =
    statuses.length === 0 ? `${from}-${to}` : ((statuses.length === 1 ? statuses[0] : statuses) ?? '');
  const expect = {
    status,
    ...(Object.keys(json).length === 0 ? {} : { json }),
    ...(body === undefined ? {} : { body }),
  };
  return {
    keys: [{ key: 'expect', value: expect }, ...(alerts.length === 0 ? [] : [{ key: 'alerts', value: alerts }])],
    unknown,
  };
}

/** Whether there is a key that says it. */
function take(found: Found, left: string, operator: string, right: string): boolean {
  if (left === '[CONNECTED]') return operator === '==' && right === 'true';
  if (left === '[STATUS]') return takeStatus(found, operator, right);
  if (left === '[BODY]') return operator === '==' && takeBody(found, right);
  if (left.startsWith('[BODY].') || left.startsWith('[BODY][')) return takeJson(found, left, operator, right);
  const has = /^has\(\[BODY\](.+)\)$/.exec(left)?.[1];
  if (has !== undefined && operator === '==' && right === 'true') {
    found.json[`$${has}`] = 'present';
    return true;
  }
  if (left === '[RESPONSE_TIME]' && operator.startsWith('<') && NUMBER.test(right)) {
    found.alerts.push({ name: 'HttpSlow', when: `p95(duration) over ${found.window} > ${right}ms` });
    return true;
  }
  if (left === '[CERTIFICATE_EXPIRATION]' && operator.startsWith('>') && /^\d+(h|m|s)$/.test(right)) {
    found.alerts.push({ name: 'CertificateExpiring', when: `certificate_expires_in < ${right}` });
    return true;
  }
  return false;
}

function takeStatus(found: Found, operator: string, right: string): boolean {
  const all = (LIST.exec(right)?.[1] ?? right).split(',').map((each) => each.trim());
  if (!all.every((each) => /^[1-5]\d\d$/.test(each))) return false;
  const number = Number(all[0]);
  if (operator === '==') found.statuses.push(...all.map(Number));
  else if (operator === '<') found.to = Math.max(LEAST_STATUS, number - 1);
  else if (operator === '<=') found.to = number;
  else if (operator === '>') found.from = Math.min(MOST_STATUS, number + 1);
  else if (operator === '>=') found.from = number;
  else return false;
  return found.from <= found.to;
}

/** `pat(*text*)` is text that it contains; another pattern a regular expression over all of it. */
function takeBody(found: Found, right: string): boolean {
  if (found.body !== undefined || LIST.test(right)) return false;
  const pattern = PATTERN.exec(right)?.[1];
  const contained = /^\*([^*]+)\*$/.exec(pattern ?? '')?.[1];
  const parts = (pattern ?? right).split(pattern === undefined ? /$^/ : '*').map((part) => RegExp.escape(part));
  found.body = contained ?? `/^${plainly(parts.join('[\\s\\S]*'))}$/`;
  return true;
}

/** RE2 does not know the escapes of letters and spaces that `RegExp.escape` makes. */
const plainly = (source: string): string =>
  source.replace(/\\x([0-9a-f]{2})/gi, (_, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16));
    return /[\w\s,=<>#&!%:;@~'"`-]/.test(character) ? character : `\\${character}`;
  });

function takeJson(found: Found, left: string, operator: string, right: string): boolean {
  if (PATTERN.test(right) || LIST.test(right)) return false;
  const path = `$${left.slice('[BODY]'.length)}`;
  if (path in found.json) return false;
  // Gatus compares texts and numbers alike: a number may be written either way in the answer.
  if (NUMBER.test(right)) found.json[path] = `${operator} ${right}`;
  else if (operator === '==') found.json[path] = right === 'true' || right === 'false' ? right === 'true' : right;
  else return false;
  return true;
}
