import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { errorText } from '../core/errors.ts';
import type { TlsSettings } from '../core/schema.ts';
import type { Secret, SecretUrl } from '../core/secret.ts';
import type { Delivery, ReceiverEnvironment } from './contract.ts';

export interface PosterSettings {
  readonly auth?:
    | { readonly basic?: { username: string; password: Secret } | undefined; readonly bearer?: Secret | undefined }
    | undefined;
  readonly tls?: TlsSettings | undefined;
}

/** Posts JSON to one address over kept connections. */
export interface Poster extends AsyncDisposable {
  post(body: string, signal: AbortSignal): Promise<Delivery>;
}

const EXCERPT_CHARS = 200;

/** A poster for `url` + `path`. Reads the CA file, if there is one; throws where it cannot. */
export async function openPoster(
  url: SecretUrl,
  path: string,
  settings: PosterSettings,
  environment: ReceiverEnvironment,
): Promise<Poster> {
  const { Pool } = await import('undici');
  const target = new URL(url.reveal());
  const pool = new Pool(target.origin, {
    connections: 2,
    pipelining: 1,
    allowH2: false,
    connect: await connectOptions(settings.tls, environment),
  });
  const headers = { 'content-type': 'application/json', ...authorization(target, settings) };
  const fullPath = target.pathname.replace(/\/$/, '') + path;
  return {
    async post(body, signal) {
      try {
        const answer = await pool.request({ method: 'POST', path: fullPath, headers, body, signal });
        const text = (await answer.body.text()).slice(0, EXCERPT_CHARS).trim();
        return toDelivery(answer.statusCode, text, answer.headers['retry-after']);
      } catch (error) {
        return { ok: false, retry: true, reason: 'network', message: errorText(error) };
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

async function connectOptions(tls: TlsSettings | undefined, environment: ReceiverEnvironment) {
  if (tls === undefined) return {};
  const ca = tls.ca === undefined ? undefined : await readFile(resolve(environment.filesFrom, tls.ca), 'utf8');
  return {
    rejectUnauthorized: tls.insecure_skip_verify !== true,
    minVersion: tls.min_version === '1.3' ? ('TLSv1.3' as const) : ('TLSv1.2' as const),
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    ...(tls.server_name === undefined ? {} : { servername: tls.server_name }),
  };
}

function authorization(target: URL, { auth }: PosterSettings): Record<string, string> {
  const username = auth?.basic?.username ?? decodeURIComponent(target.username);
  const password = auth?.basic?.password.reveal() ?? decodeURIComponent(target.password);
  if (auth?.bearer !== undefined) return { authorization: `Bearer ${auth.bearer.reveal()}` };
  if (username === '' && password === '') return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** What an HTTP status means for a message: 429 and 5xx may be tried again, the rest would be refused again. */
export function toDelivery(status: number, text: string, retryAfter: string | string[] | undefined): Delivery {
  if (status >= 200 && status < 300) return { ok: true };
  const message = `answered ${status}${text === '' ? '' : `: ${text}`}`;
  if (status === 401 || status === 403) return { ok: false, retry: true, reason: 'auth', message };
  if (status === 429) return { ok: false, retry: true, reason: 'rate-limited', message, ...retryAfterOf(retryAfter) };
  if (status >= 500) return { ok: false, retry: true, reason: 'server', message, ...retryAfterOf(retryAfter) };
  return { ok: false, retry: false, reason: 'client', message };
}

/** `Retry-After` in seconds; its HTTP-date form is left to the back-off. */
function retryAfterOf(header: string | string[] | undefined): { retryAfterMs?: number } {
  const seconds = typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
  return seconds === undefined ? {} : { retryAfterMs: seconds * 1000 };
}
