import { z } from 'zod';
import { secret, secretUrl, size, tlsSchema } from '../../core/schema.ts';
import { Secret } from '../../core/secret.ts';
import { RESERVED_WORDS } from '../../core/when/parse-operand.ts';
import { parseJsonTest, parseStatus, parseText } from './expected.ts';
import { compileJsonPath, type Json } from './json-path.ts';
import { BUILT_IN_MEASURES, MEASURED_UNITS } from './measures.ts';
import { compileRegex, regexText } from './regex.ts';

const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible characters, spaces and tabs: what cannot end the header early. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers whose values nobody may read again. */
const SECRET_HEADER = /auth|cookie|token|key|secret|passw|credential|signature/i;
/** Headers that the connection itself sets. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding', 'expect', 'te']);

const headers = z.record(z.string(), z.union([z.string(), z.number()])).transform((given, context) => {
  const entries: (readonly [string, string | Secret])[] = [];
  for (const [name, written] of Object.entries(given)) {
    const value = String(written);
    const wrong = headerProblem(name, value);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong, path: [name] });
    entries.push([name, SECRET_HEADER.test(name) ? new Secret(value) : value]);
  }
  return entries;
});

function headerProblem(name: string, value: string): string | undefined {
  if (!TOKEN.test(name)) return `"${name}" is not a name that a header can have`;
  if (OWN_HEADERS.has(name.toLowerCase())) return `${name} is set by the connection itself`;
  if (!HEADER_VALUE.test(value)) return `the value of ${name} has a character that a header cannot carry`;
  return undefined;
}

const text = () =>
  z.string().transform((written, context) => {
    const test = parseText(written);
    if (test.kind === 'contains') return test;
    try {
      compileRegex(test.regex);
      return test;
    } catch (error) {
      context.addIssue({ code: 'custom', message: `the regular expression does not parse: ${errorMessage(error)}` });
      return z.NEVER;
    }
  });

const regex = () =>
  z.string().transform((written, context) => {
    const parsed = regexText(written) ?? { source: written, flags: '' };
    try {
      compileRegex(parsed);
      return parsed;
    } catch (error) {
      context.addIssue({ code: 'custom', message: `the regular expression does not parse: ${errorMessage(error)}` });
      return z.NEVER;
    }
  });

const jsonPathProblem = (path: string): string | undefined => {
  try {
    compileJsonPath(path);
    return undefined;
  } catch (error) {
    return `"${path}" is not a JSONPath (RFC 9535) such as $.status: ${errorMessage(error)}`;
  }
};

const jsonPath = () =>
  z.string().transform((path, context) => {
    const message = jsonPathProblem(path);
    if (message === undefined) return path;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const statusCode = z.union([z.number(), z.string()]);

const status = z.union([statusCode, z.array(statusCode).min(1)]).transform((written, context) => {
  const all = (Array.isArray(written) ? written : [written]).map((one) => ({ one, range: parseStatus(String(one)) }));
  for (const { one, range } of all)
    if (range === undefined)
      context.addIssue({ code: 'custom', message: `expected a status such as 200, 2xx or 200-299, got "${one}"` });
  return all.map(({ range }) => range).filter((range) => range !== undefined);
});

const jsonTests = z.record(z.string(), z.json()).transform((given, context) => {
  const tests: { readonly path: string; readonly test: NonNullable<ReturnType<typeof parseJsonTest>> }[] = [];
  for (const [path, value] of Object.entries(given)) {
    const wrong = jsonPathProblem(path);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong, path: [path] });
    const test = parseJsonTest(value as Json);
    if (test !== undefined) tests.push({ path, test });
    else
      context.addIssue({
        code: 'custom',
        message: `expected a number after the comparison, such as "< 80%", got "${String(value)}"`,
        path: [path],
      });
  }
  return tests;
});

const expect = z.strictObject({
  status: status.optional().describe('Status codes that are good: 200, 2xx, 200-299 or a list of these; default 2xx.'),
  headers: z
    .record(z.string().regex(TOKEN, 'not a name that a header can have'), text())
    .optional()
    .describe('Response headers, name → text that it must contain, or /regex/.'),
  body: text().optional().describe('Text that the body must contain, or /regex/ (RE2 syntax).'),
  json: jsonTests
    .optional()
    .describe('JSONPath → the value that it must have, a comparison such as "< 80%", or present.'),
  certificate: z
    .strictObject({
      issuer: z.string().optional().describe('Text that the issuer of the certificate must contain.'),
      san: z
        .union([z.string().transform((name) => [name]), z.array(z.string()).min(1)])
        .optional()
        .describe('Name or names that the certificate must be for.'),
    })
    .optional()
    .describe('What the server’s certificate must say.'),
});

/** Measures by name; a bad name is told at its place. */
const named = <T extends z.ZodType>(one: T) =>
  z.record(z.string(), one).superRefine((all, context) => {
    for (const name of Object.keys(all)) {
      const wrong = measureNameProblem(name);
      if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong, path: [name] });
    }
  });

function measureNameProblem(name: string): string | undefined {
  if (BUILT_IN_MEASURES.has(name)) return `the http type has a measure ${name} already: choose another name`;
  if (RESERVED_WORDS.has(name)) return `"${name}" has a meaning of its own in "when": choose another name`;
  if (/^[a-z][a-z0-9_]*$/.test(name)) return undefined;
  return `expected a name of lower-case letters, digits and _, beginning with a letter, got "${name}"`;
}

const measure = z
  .strictObject({
    json: jsonPath().optional().describe('JSONPath of a number (or true, false) in the body.'),
    regex: regex()
      .optional()
      .describe('Regular expression (RE2 syntax) whose first group, or whole match, is a number in the body.'),
    header: z.string().regex(TOKEN, 'not a name that a header can have').optional().describe('Header with a number.'),
    unit: z
      .enum(MEASURED_UNITS)
      .default('count')
      .describe('Unit of the number; "%" becomes a ratio, "ms" becomes seconds.'),
  })
  .refine((m) => [m.json, m.regex, m.header].filter((from) => from !== undefined).length === 1, {
    error: 'expected exactly one of json, regex and header',
  });

const auth = z
  .strictObject({
    basic: z
      .strictObject({
        username: z.string().describe('User name.'),
        password: secret().describe('Password.'),
      })
      .optional()
      .describe('HTTP basic authentication.'),
    bearer: secret().optional().describe('Bearer token.'),
  })
  .refine((a) => (a.basic === undefined) !== (a.bearer === undefined), { error: 'expected one of basic and bearer' });

/** The config keys of the http type. */
export const httpSchema = z
  .strictObject({
    type: z.literal('http'),
    url: secretUrl('http', 'https').describe('What is asked for.'),
    method: z
      .string()
      .regex(TOKEN, 'expected a method such as GET or POST')
      .transform((name) => name.toUpperCase())
      .optional()
      .describe('Method; default GET.'),
    headers: headers.optional().describe('Request headers.'),
    body: z.string().optional().describe('Request body, as it is.'),
    json: z.json().optional().describe('Request body, sent as JSON.'),
    auth: auth.optional().describe('Credentials; they are not sent to another origin.'),
    tls: tlsSchema.optional().describe('TLS.'),
    redirects: z
      .union([z.int().min(0).max(20), z.literal('none')])
      .transform((many) => (many === 'none' ? 0 : many))
      .default(5)
      .describe('How many redirects are followed at most, or none.'),
    reuse_connection: z
      .boolean()
      .default(false)
      .describe('Keep the connection between probes; the default is a fresh one for each.'),
    max_body: size()
      .optional()
      .describe('Most bytes of the body that are read, after decompression; default limits.body.'),
    expect: expect.optional().describe('What the answer must be.'),
    measure: named(measure).optional().describe('Measures of one’s own: a name → where its number is.'),
  })
  .refine((settings) => settings.body === undefined || settings.json === undefined, {
    error: 'expected one of body and json',
    path: ['json'],
  });

export type HttpSettings = z.output<typeof httpSchema>;
export type ExpectSettings = z.output<typeof expect>;
export type MeasureSettings = z.output<typeof measure>;
