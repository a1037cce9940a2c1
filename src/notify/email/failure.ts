import type { Delivery } from '../contract.ts';
import { toFailure } from '../http/answer.ts';
import { cut, oneLine } from '../text/line.ts';

/** So much of an answer is shown to people. */
const EXCERPT_CHARS = 200;
/** Authentication is needed, was refused, or its way is too weak. Source: https://www.rfc-editor.org/rfc/rfc4954#section-6 */
const AUTH_CODES: readonly number[] = [530, 534, 535, 538];

/** What went wrong on the way, and how far the mail had come. */
export interface Trouble {
  readonly error: unknown;
  /** `mail.example.com:587`. */
  readonly peer: string;
  /** The whole mail had been handed over. */
  readonly wasSent: boolean;
  readonly isAborted: boolean;
}

/** What a trouble means for a message: a 4xx may be told again, a 5xx would be refused again. */
export function toMailFailure(trouble: Trouble): Delivery {
  const { code, responseCode, response, permanent } = detailsOf(trouble.error);
  if (responseCode === undefined) return withoutAnswer(trouble);
  const answer = `answered ${cut(oneLine(response ?? String(responseCode)), EXCERPT_CHARS)}`;
  const message = code === 'ETLS' ? `${trouble.peer} offers no STARTTLS: it ${answer}` : answer;
  const retry = permanent !== true;
  if (AUTH_CODES.includes(responseCode)) return { ok: false, retry, reason: 'auth', message };
  return { ok: false, retry, reason: retry ? 'server' : 'client', message };
}

function withoutAnswer({ error, peer, wasSent, isAborted }: Trouble): Delivery {
  const unknown = wasSent ? ({ maybeTaken: true } as const) : {};
  const again = { ok: false, retry: true, ...unknown } as const;
  if (isAborted) return { ...again, reason: 'timeout', message: `${peer} did not answer in time` };
  const { code, originalCode } = detailsOf(error);
  if (code === 'ECONNECTION') return { ...again, reason: 'network', message: `${peer} closed the connection` };
  if (code === 'EPROTOCOL') return { ...again, reason: 'network', message: `${peer} does not speak SMTP` };
  if (code === 'ETLS') return { ...again, reason: 'network', message: `${peer} closed the connection during TLS` };
  // Nothing but its own password, which no other attempt changes.
  if (code === 'EAUTH') return { ok: false, retry: false, reason: 'auth', message: `${peer} offers no way to log in` };
  const failure = toFailure(
    originalCode === undefined ? error : Object.assign(new Error(), { code: originalCode }),
    peer,
  );
  return failure.ok ? failure : { ...again, reason: failure.reason, message: failure.message };
}

interface Details {
  readonly code: string | undefined;
  readonly originalCode: string | undefined;
  readonly responseCode: number | undefined;
  readonly response: string | undefined;
  readonly permanent: boolean | undefined;
}

/** What nodemailer says beside an error's text. */
function detailsOf(error: unknown): Details {
  const own = new Map<string, unknown>(error instanceof Error ? Object.entries(error) : []);
  const text = (name: string) => (typeof own.get(name) === 'string' ? String(own.get(name)) : undefined);
  const code = own.get('responseCode');
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    responseCode: typeof code === 'number' ? code : undefined,
    response: text('response'),
    permanent: own.get('permanent') === true,
  };
}
