import { nearest } from '../nearest.ts';
import { parseWindow } from './parse-number.ts';
import { got, type Reader } from './reader.ts';
import {
  ACROSS,
  type Across,
  AGGREGATES,
  type Aggregate,
  type LabelRef,
  MATCH_OPS,
  MAX_AHEAD_MS,
  MAX_WINDOW_MS,
  type Matcher,
  type MatchOp,
  type MeasureRef,
  type Operand,
  STATE_TESTS,
} from './tree.ts';

/** Words that are no measure's name. */
export const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'over', 'in', 'by']);
/** Words with a meaning of their own: a measure of this name could not be asked for. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([...KEYWORDS, 'absent', ...STATE_TESTS]);

const MOST_WINDOW = { ms: MAX_WINDOW_MS, text: '30d' };
const MOST_AHEAD = { ms: MAX_AHEAD_MS, text: '400d' };

const isAggregate = (name: string): name is Aggregate => (AGGREGATES as readonly string[]).includes(name);
const isAcross = (name: string): name is Across => (ACROSS as readonly string[]).includes(name);
const isMatchOp = (text: string): text is MatchOp => (MATCH_OPS as readonly string[]).includes(text);

/** A measure, a function over a window, or a function across instances. */
export function parseOperand(reader: Reader): Operand | undefined {
  const { kind, text } = reader.peek();
  if (kind === 'number') return reader.expected('a measure (the value stands on the right)');
  if (kind !== 'word' || KEYWORDS.has(text)) return reader.expected('a measure or a function');
  if (reader.peek(1).text === '(' && reader.peek(1).kind === 'symbol') return parseCall(reader);
  if (isAcross(text) && reader.peek(1).text === 'by') return byFirst(reader, text);
  const measure = parseMeasure(reader);
  if (measure === undefined) return undefined;
  if (reader.at('over'))
    return reader.problem(reader.peek().at, `"over" needs a function: avg(${measure.name}) over 5m`);
  return { kind: 'measure', measure };
}

const byFirst = (reader: Reader, fn: string): undefined =>
  reader.problem(reader.peek(1).at, `"by" stands behind: ${fn}(lag) by (group)`);

function parseCall(reader: Reader): Operand | undefined {
  const { text: fn, at } = reader.take();
  if (!isAggregate(fn)) return unknownFunction(reader, fn, at);
  const measure = parseArgument(reader, fn);
  if (measure === undefined) return undefined;
  if (reader.at('over')) return parseAggregate(reader, { fn, at, measure });
  if (!isAcross(fn)) return reader.problem(reader.peek().at, `"${fn}" needs a window: ${fn}(${measure.name}) over 5m`);
  const by = reader.skip('by') ? parseBy(reader) : [];
  return by === undefined ? undefined : { kind: 'across', fn, at, measure, by };
}

const unknownFunction = (reader: Reader, fn: string, at: number): undefined =>
  reader.problem(
    at,
    `unknown function ${got({ kind: 'word', text: fn, at })}; functions are ${AGGREGATES.join(', ')} and absent`,
    nearest(fn, [...AGGREGATES, 'absent']),
  );

/** `(measure)` behind a function's name. */
export function parseArgument(reader: Reader, fn: string): MeasureRef | undefined {
  if (!reader.skip('(')) return reader.expected(`"(" after "${fn}"`);
  const next = reader.peek();
  if (next.kind !== 'word' || KEYWORDS.has(next.text)) return reader.expected(`a measure in ${fn}(…)`);
  if (reader.peek(1).kind === 'symbol' && reader.peek(1).text === '(')
    return reader.problem(next.at, 'functions do not nest: name a measure');
  const measure = parseMeasure(reader);
  if (measure === undefined) return undefined;
  if (reader.at('['))
    return reader.problem(reader.peek().at, `the window stands behind: ${fn}(${measure.name}) over 5m`);
  return reader.skip(')') ? measure : reader.expected('")"');
}

function parseAggregate(
  reader: Reader,
  call: { readonly fn: Aggregate; readonly at: number; readonly measure: MeasureRef },
): Operand | undefined {
  reader.take();
  const over = parseWindow(reader, 'over', MOST_WINDOW);
  if (over === undefined) return undefined;
  const aggregate = { kind: 'aggregate', ...call, overMs: over.ms, overAt: over.at } as const;
  const { at } = reader.peek();
  const looksAhead = reader.skip('in');
  if (!looksAhead && call.fn !== 'predict') return aggregate;
  if (!looksAhead)
    return reader.problem(at, `"predict" needs how far it looks ahead: predict(${call.measure.name}) over 6h in 24h`);
  if (call.fn !== 'predict') return reader.problem(at, `only "predict" looks ahead; "${call.fn}" takes no "in"`);
  const ahead = parseWindow(reader, 'in', MOST_AHEAD);
  return ahead === undefined ? undefined : { ...aggregate, inMs: ahead.ms };
}

function parseBy(reader: Reader): readonly LabelRef[] | undefined {
  if (!reader.skip('(')) return reader.expected('"(" after "by"');
  const labels: LabelRef[] = [];
  do {
    if (reader.peek().kind !== 'word') return reader.expected('a label');
    const { text: label, at } = reader.take();
    labels.push({ label, at });
  } while (reader.skip(','));
  return reader.skip(')') ? labels : reader.expected('"," or ")"');
}

function parseMeasure(reader: Reader): MeasureRef | undefined {
  const { text: name, at } = reader.take();
  if (!reader.skip('{')) return { name, matchers: [], at };
  const matchers: Matcher[] = [];
  while (!reader.at('}')) {
    const matcher = parseMatcher(reader);
    if (matcher === undefined) return skipBraces(reader);
    matchers.push(matcher);
    if (reader.at('}') || reader.skip(',')) continue;
    reader.expected('"," or "}" after the value (a value with spaces or brackets needs quotes)');
    return skipBraces(reader);
  }
  reader.take();
  return { name, matchers, at };
}

function parseMatcher(reader: Reader): Matcher | undefined {
  if (reader.peek().kind !== 'word') return reader.expected('a label');
  const { text: label, at } = reader.take();
  const { text: op, kind } = reader.peek();
  if (kind !== 'symbol' || !isMatchOp(op))
    return reader.expected(`=, !=, =~ or !~ after "${label}"`, op === '==' ? '=' : undefined);
  reader.take();
  if (reader.peek().kind !== 'text') return reader.expected(`a value for "${label}" ("" for an empty one)`);
  const { text: value, at: valueAt } = reader.take();
  return { label, op, value, at, valueAt };
}

/** Goes behind the braces that hold a mistake, so that it is told once. */
function skipBraces(reader: Reader): undefined {
  while (reader.peek().kind !== 'end' && reader.take().text !== '}');
}
