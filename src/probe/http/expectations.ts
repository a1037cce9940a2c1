import type { FailureReason } from '../../core/result.ts';
import { excerpt, isSecretName } from './excerpt.ts';
import type { StatusRange, TextTest } from './expected.ts';
import { compileJsonTest } from './json-test.ts';
import type { Page } from './page.ts';
import { compileRegex } from './regex.ts';
import type { ExpectSettings } from './schema.ts';

/** One expectation that was not met. */
export interface Unmet {
  readonly reason: Extract<FailureReason, 'assertion' | 'auth'>;
  /** `expected status 200, got 503`. */
  readonly message: string;
  /** A regular expression was not found. */
  readonly regex?: true;
}

type Check = (page: Page) => Unmet | readonly Unmet[] | undefined;

export interface Expectations {
  /** The text of the body is looked at. */
  readonly needsBody: boolean;
  /** Whether a status is a good one. */
  accepts(status: number): boolean;
  /** Everything that is not as expected. */
  check(page: Page): readonly Unmet[];
}

const NONE: readonly Unmet[] = [];
const ANY_SUCCESS: readonly StatusRange[] = [{ from: 200, to: 299 }];
const unmet = (message: string): Unmet => ({ reason: 'assertion', message });

/** Makes everything ready that can be, so that a run only looks. */
export function compileExpectations(expect: ExpectSettings | undefined): Expectations {
  const status = expect?.status ?? ANY_SUCCESS;
  const accepts = (code: number) => status.some(({ from, to }) => code >= from && code <= to);
  const checks: Check[] = [];
  for (const [name, test] of Object.entries(expect?.headers ?? {})) checks.push(headerCheck(name, test));
  if (expect?.body !== undefined) checks.push(bodyCheck(expect.body));
  if (expect?.json !== undefined && expect.json.length > 0) checks.push(jsonCheck(expect.json));
  if (expect?.certificate !== undefined) checks.push(certificateCheck(expect.certificate));
  const expectedStatus = `expected status ${status.map(rangeWords).join(', ')}`;
  return {
    needsBody: expect?.body !== undefined || expect?.json !== undefined,
    accepts,
    check(page) {
      const failed: Unmet[] = [];
      const code = page.head.status;
      if (!accepts(code))
        failed.push({
          reason: code === 401 || code === 403 || code === 407 ? 'auth' : 'assertion',
          message: `${expectedStatus}, got ${code}`,
        });
      for (const check of checks) {
        const found = check(page);
        if (found !== undefined) failed.push(...(Array.isArray(found) ? found : [found]));
      }
      return failed.length === 0 ? NONE : failed;
    },
  };
}

function rangeWords({ from, to }: StatusRange): string {
  if (from === to) return String(from);
  return from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : `${from}-${to}`;
}

interface CompiledText {
  readonly passes: (text: string) => boolean;
  /** `to contain "UP"`. */
  readonly words: string;
  readonly regex: boolean;
}

function compileText(test: TextTest): CompiledText {
  if (test.kind === 'contains')
    return {
      passes: (text) => text.includes(test.text),
      words: `to contain ${JSON.stringify(test.text)}`,
      regex: false,
    };
  const { source, flags } = test.regex;
  return { passes: compileRegex(test.regex).found, words: `to match /${source}/${flags}`, regex: true };
}

function headerCheck(name: string, test: TextTest): Check {
  const { passes, words, regex } = compileText(test);
  const key = name.toLowerCase();
  return ({ head }) => {
    const value = head.headers.get(key);
    if (value !== undefined && passes(value)) return undefined;
    const got = value === undefined ? 'none' : isSecretName(name) ? '<secret>' : excerpt(value);
    return { ...unmet(`expected header ${name} ${words}, got ${got}`), ...(regex ? { regex } : {}) };
  };
}

function bodyCheck(test: TextTest): Check {
  const { passes, words, regex } = compileText(test);
  return (page) => {
    if (page.body.truncated) return unmet(`expected body ${words}, ${tooLong(page)}`);
    if (passes(page.text())) return undefined;
    return { ...unmet(`expected body ${words}, got ${excerpt(page.text())}`), ...(regex ? { regex } : {}) };
  };
}

function jsonCheck(tests: NonNullable<ExpectSettings['json']>): Check {
  const checks = tests.map(({ path, test }) => compileJsonTest(path, test));
  return (page) => {
    const json = page.json();
    if (!json.ok)
      return unmet(`expected JSON, ${json.why === 'truncated' ? tooLong(page) : `got ${excerpt(page.text())}`}`);
    return checks
      .map((check) => check(json.document))
      .filter((message) => message !== undefined)
      .map(unmet);
  };
}

const tooLong = ({ body }: Page): string => `but the body is longer than the ${body.sizeBytes} bytes that are read`;

function certificateCheck({ issuer, san }: NonNullable<ExpectSettings['certificate']>): Check {
  return ({ secure }) => {
    if (secure === undefined) return unmet('expected a certificate, but the connection is not encrypted');
    const { leaf } = secure;
    const failed: Unmet[] = [];
    if (issuer !== undefined && !leaf.issuer.includes(issuer))
      failed.push(unmet(`expected a certificate issued by "${issuer}", got one by ${excerpt(leaf.issuer)}`));
    for (const name of san ?? [])
      if (!leaf.names.some((own) => covers(own, name)))
        failed.push(unmet(`expected a certificate for ${name}, got one for ${excerpt(leaf.names.join(', '))}`));
    return failed;
  };
}

/** `*.example.com` covers `api.example.com`. */
function covers(own: string, name: string): boolean {
  if (own.toLowerCase() === name.toLowerCase()) return true;
  return (
    own.startsWith('*.') &&
    name.includes('.') &&
    own.slice(1).toLowerCase() === name.slice(name.indexOf('.')).toLowerCase()
  );
}
