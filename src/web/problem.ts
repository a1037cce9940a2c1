import { STATUS_CODES } from 'node:http';
import type { Unavailable } from './view.ts';

/** One mistake: of a query parameter, or at a place of the body (`#/matchers/0/value`). */
export interface Mistake {
  readonly detail: string;
  readonly parameter?: string;
  readonly pointer?: string;
}

/** What a problem document says beyond its status; `errors` names each single mistake and where it is. */
export interface ProblemDetails {
  readonly detail: string;
  readonly errors?: readonly Mistake[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether a command could not be committed. */
export const isUnavailable = (answer: unknown): answer is Unavailable =>
  typeof answer === 'object' && answer !== null && 'unavailable' in answer;

/** The answer to it: nothing was changed, and later it may be. */
export const unavailable = ({ unavailable: detail }: Unavailable): Response =>
  problem(503, { detail, headers: { 'Retry-After': '10' } });

/** An error answer. Source: https://www.rfc-editor.org/rfc/rfc9457 */
export function problem(status: number, { detail, errors, headers }: ProblemDetails): Response {
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail, errors };
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}
