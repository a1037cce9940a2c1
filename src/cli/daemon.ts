import { OutriderError } from '../core/errors.ts';
import type { Surroundings } from './contract.ts';

/** The flags of every command that talks to a running daemon. */
export interface DaemonFlags {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** A running daemon's API. Every method throws OutriderError: `unreachable`, or `usage` with what the daemon says against it. */
export interface Daemon {
  one<T>(path: string): Promise<T>;
  /** A whole list, all its pages. */
  all<T>(path: string): Promise<readonly T[]>;
  post<T>(path: string, body: object): Promise<T>;
  remove(path: string): Promise<void>;
}

const DEFAULT_URL = 'http://127.0.0.1:9875';
const PATIENCE_MS = 30_000;

type Around = Pick<Surroundings, 'env' | 'clock'>;

/** Where `--url` or OUTRIDER_URL lead, as whom `--token` or OUTRIDER_TOKEN say. Throws OutriderError `usage`. */
export function openDaemon({ env, clock }: Around, flags: DaemonFlags): Daemon {
  const base = baseOf(flags.url ?? env['OUTRIDER_URL'], flags.url === undefined ? 'OUTRIDER_URL' : '--url');
  const token = flags.token ?? env['OUTRIDER_TOKEN'] ?? '';
  const headers = { Accept: 'application/json', ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) };

  const ask = async (method: string, path: string, body?: object): Promise<Response> => {
    const patience = new AbortController();
    using _timer = clock.after(PATIENCE_MS, () => patience.abort());
    try {
      const response = await fetch(base + path, {
        method,
        headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        redirect: 'manual',
        signal: patience.signal,
      });
      const text = await response.text();
      return new Response(text === '' ? null : text, { status: statusOf(response), headers: response.headers });
    } catch (error) {
      throw unreachable(
        base,
        patience.signal.aborted ? `no answer within ${PATIENCE_MS / 1000} s` : whyNot(error),
        error,
      );
    }
  };
  const asked = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await ask(method, path, body);
    if (response.ok) return response;
    throw refusal(base, response.status, await problemOf(response));
  };
  const read = async <T>(response: Response): Promise<T> => {
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw unreachable(base, 'what answers there is not Outrider', error);
    }
  };
  return {
    one: async (path) => read(await asked('GET', path)),
    async all<T>(path: string) {
      const rows: T[] = [];
      for (let next: string | undefined = path; next !== undefined; ) {
        const response = await asked('GET', next);
        const page = await read<readonly T[]>(response);
        if (!Array.isArray(page)) throw unreachable(base, 'what answers there is not Outrider');
        rows.push(...page);
        const reference = /<([^>]*)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
        next = reference === undefined ? undefined : path + reference;
      }
      return rows;
    },
    post: async (path, body) => read(await asked('POST', path, body)),
    remove: async (path) => void (await asked('DELETE', path)),
  };
}

/** 0 is how fetch names a redirect that it did not follow; a Response cannot have it. */
const statusOf = ({ status }: Response): number => (status < 200 ? 502 : status === 204 ? 200 : status);

function baseOf(given: string | undefined, name: string): string {
  const text = given === undefined || given === '' ? DEFAULT_URL : given;
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new OutriderError('usage', `${name}: expected a URL such as ${DEFAULT_URL}`);
  if (url.username !== '' || url.password !== '')
    throw new OutriderError('usage', `${name}: a URL with a user is not taken; give a token by OUTRIDER_TOKEN`);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

const ELSEWHERE = 'is the daemon running? --url or OUTRIDER_URL says where';

const unreachable = (base: string, why: string, cause?: unknown): OutriderError =>
  new OutriderError('unreachable', `${base}: ${why}; ${ELSEWHERE}`, { cause });

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was broken off',
  ENOTFOUND: 'that name has no address',
  EAI_AGAIN: 'no name server answered',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'no connection could be made in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection could be made in time',
  UND_ERR_SOCKET: 'the connection was broken off',
};

/** fetch wraps what happened; of several addresses each has its own error. */
function whyNot(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  const known = WHY[code];
  if (known !== undefined) return known;
  return code === '' ? 'no answer' : `no answer (${code})`;
}

interface Told {
  readonly detail: string | undefined;
  readonly errors: readonly string[];
}

async function problemOf(response: Response): Promise<Told> {
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json') === true;
  if (!isProblem) return { detail: undefined, errors: [] };
  const { detail, errors = [] } = (await response.json()) as {
    readonly detail?: string;
    readonly errors?: readonly { readonly detail: string; readonly pointer?: string }[];
  };
  const lines = errors.map((each) => `${each.pointer?.slice(2) ?? ''}: ${each.detail}`.replace(/^: /, ''));
  return { detail, errors: lines };
}

/** What the daemon says against a request: the caller's to change, unless it is not Outrider that says it. */
function refusal(base: string, status: number, { detail, errors }: Told): OutriderError {
  if (detail === undefined) return unreachable(base, `answered with status ${status}, and is not Outrider`);
  if (status === 401 || status === 403)
    return new OutriderError('usage', `${detail}; --token or OUTRIDER_TOKEN gives one of auth.tokens in the config`);
  if (status >= 500 || status === 429) return unreachable(base, detail);
  return new OutriderError('usage', errors.length > 1 ? errors.join('\nerror: ') : detail);
}
