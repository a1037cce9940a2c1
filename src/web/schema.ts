import { z } from 'zod';
import { parseDurationMs } from '../core/duration.ts';
import { nearest } from '../core/nearest.ts';
import type { LabelMatcher } from '../core/silence.ts';
import type { Mistake } from './problem.ts';
import { parseRfc3339 } from './time.ts';

const LONGEST_LINE = 200;
const LONGEST_TEXT = 4096;
const MOST_MATCHERS = 50;
const MOST_NAMES = 1000;
/** As Alertmanager's; a URL or a stack trace fits, a page does not. */
const LONGEST_LABEL = 4096;
const LONGEST_GRACE_MS = 86_400_000;
/** Prometheus sends at most 64 or 256 at once (`--alertmanager.notification-batch-size`); people raise it. */
const MOST_ALERTS = 2000;

/** What stands in tables and logs. */
const line = () =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(LONGEST_LINE, `expected at most ${LONGEST_LINE} characters`)
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), {
      error: 'expected one line without control characters',
    });

const time = () =>
  z.string().transform((text, context) => {
    const ms = parseRfc3339(text);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: 'custom',
      message: 'expected a time as RFC 3339 writes it, such as 2026-03-01T12:00:00Z',
    });
    return z.NEVER;
  });

const grace = () =>
  z.string().transform((text, context) => {
    const ms = parseDurationMs(text);
    if (ms !== undefined && ms <= LONGEST_GRACE_MS) return ms;
    context.addIssue({ code: 'custom', message: 'expected a duration of at most 24h, such as 3m' });
    return z.NEVER;
  });

const link = () =>
  z.string().refine((text) => /^https?:\/\//i.test(text) && text.length <= LONGEST_TEXT && URL.canParse(text), {
    error: 'expected a URL that begins with http:// or https://',
  });

const matcher = z
  .strictObject({
    name: z.string().min(1, 'must not be empty').max(LONGEST_LINE, `expected at most ${LONGEST_LINE} characters`),
    value: z.string().max(LONGEST_LABEL, `expected at most ${LONGEST_LABEL} characters`),
    isRegex: z.boolean().default(false),
    isEqual: z.boolean().default(true),
  })
  .transform((each): LabelMatcher => each);

const matchers = () => z.array(matcher).max(MOST_MATCHERS, `expected at most ${MOST_MATCHERS} matchers`);
const names = () => z.array(line()).max(MOST_NAMES, `expected at most ${MOST_NAMES} names`);

/** What `POST /api/v1/silences` takes; what a silence that was read says beyond that (`status`) is passed over. */
export const silenceSchema = z.strictObject({
  id: z.string().optional(),
  matchers: matchers().min(1, 'expected at least one matcher: one without any would keep everything quiet'),
  startsAt: time().optional(),
  endsAt: time(),
  createdBy: line().optional(),
  comment: z.string().max(LONGEST_TEXT, `expected at most ${LONGEST_TEXT} characters`).default(''),
  status: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
});

/** What `POST /api/v1/maintenance` takes. */
export const maintenanceSchema = z
  .strictObject({
    name: line(),
    targets: names().default([]),
    groups: names().default([]),
    matchers: matchers().default([]),
    startsAt: time().optional(),
    endsAt: time(),
  })
  .refine(({ targets, groups, matchers: all }) => targets.length + groups.length + all.length > 0, {
    error: 'names nothing that it is for: expected targets, groups or matchers',
  });

/** What `POST /api/v1/deployments` takes. */
export const deploymentSchema = z.strictObject({
  service: line().optional(),
  version: line(),
  at: time().optional(),
  by: line().optional(),
  url: link().optional(),
  targets: names().min(1, 'names no target; leave it out for all').optional(),
  grace: grace().optional(),
});

const labels = () =>
  z
    .record(
      z.string().min(1, 'a label needs a name').max(LONGEST_LABEL, `expected at most ${LONGEST_LABEL} characters`),
      z.string().max(LONGEST_LABEL * 16, 'is longer than 64 KiB'),
    )
    .transform((all) =>
      Object.fromEntries(
        Object.entries(all)
          .filter(([, value]) => value !== '')
          .map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
      ),
    );

const GO_ZERO_MS = parseRfc3339('0001-01-01T00:00:00Z') ?? 0;

/** Go's zero time is how Alertmanager's clients leave a time out. */
const optionalTime = () =>
  time()
    .optional()
    .transform((ms) => (ms === undefined || ms <= GO_ZERO_MS ? undefined : ms));

/**
 * What `POST /api/v2/alerts` takes; unknown keys are passed over as Alertmanager does.
 * Source: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
export const alertsSchema = z
  .array(
    z
      .object({
        labels: labels().refine((all) => Object.keys(all).length > 0, {
          error: 'expected at least one label that is not empty',
        }),
        annotations: labels().optional(),
        startsAt: optionalTime(),
        endsAt: optionalTime(),
        generatorURL: z.string().max(LONGEST_TEXT, `expected at most ${LONGEST_TEXT} characters`).optional(),
      })
      .refine(({ startsAt, endsAt }) => startsAt === undefined || endsAt === undefined || endsAt >= startsAt, {
        path: ['endsAt'],
        error: 'lies before startsAt',
      }),
  )
  .max(MOST_ALERTS, `expected at most ${MOST_ALERTS} alerts in one request`);

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly mistakes: readonly [Mistake, ...Mistake[]] };

/** More than these nobody reads at once. */
const MOST_MISTAKES = 20;

/** What zod writes where a schema has no message of its own; no schema writes this. */
const UNSAID = '\u0000';

/** The value of a body, or each mistake in words, with its place. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): Parsed<z.output<S>> {
  const parsed = schema.safeParse(body, { error: () => UNSAID });
  if (parsed.success) return { ok: true, value: parsed.data };
  const [first, ...rest] = parsed.error.issues.flatMap((issue) => mistakesOf(issue, schema, body));
  return { ok: false, mistakes: [first ?? { detail: UNEXPECTED }, ...rest.slice(0, MOST_MISTAKES - 1)] };
}

const UNEXPECTED = 'is not what is expected here';

type Issue = z.core.$ZodIssue;

function mistakesOf(issue: Issue, schema: z.ZodType, body: unknown): readonly Mistake[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({ detail: unknownKey(key, known), pointer: pointerOf([...path, key]) }));
  }
  const said = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
  const detail = said === undefined || said === UNSAID ? wrongKind(issue, valueAt(body, path)) : said;
  return [{ detail, pointer: pointerOf(path) }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const shown = key.length > LONGEST_LINE ? `${key.slice(0, LONGEST_LINE)}…` : key;
  return `unknown key "${shown}"${near === undefined ? `; expected one of ${known.join(', ')}` : `; did you mean "${near}"?`}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function wrongKind(issue: Issue, got: unknown): string {
  if (issue.code !== 'invalid_type') return UNEXPECTED;
  const expected = `expected ${KINDS[issue.expected] ?? issue.expected}`;
  if (got === undefined) return `missing; ${expected}`;
  const kind = got === null ? 'null' : Array.isArray(got) ? 'a list' : (KINDS[typeof got] ?? typeof got);
  return `${expected}, got ${kind}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return at;
}

/** The keys that an object at this path may have. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodPipe) return keysAt(schema.in, path);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return keysAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (step === undefined) return Object.keys(schema.shape);
  const inner: z.core.$ZodType | undefined = schema.shape[String(step)];
  return inner === undefined ? [] : keysAt(inner, rest);
}

/** Where a mistake is, as a URI fragment. Source: https://www.rfc-editor.org/rfc/rfc6901#section-6 */
const pointerOf = (path: readonly PropertyKey[]): string =>
  `#${path.map((step) => `/${encodeURIComponent(String(step).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
