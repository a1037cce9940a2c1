import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { getCACertificates } from 'node:tls';
import type { TlsSettings } from '../core/schema.ts';
import type { Secret, SecretUrl } from '../core/secret.ts';
import { toDelivery, toFailure } from './answer.ts';
import type { Delivery, ReceiverEnvironment } from './contract.ts';
import { lookupOf } from './lookup.ts';

export interface PosterSettings {
  readonly auth?:
    | { readonly basic?: { username: string; password: Secret } | undefined; readonly bearer?: Secret | undefined }
    | undefined;
  readonly tls?: TlsSettings | undefined;
}

/** Posts JSON to one address over kept connections. */
export interface Poster extends AsyncDisposable {
  post(body: string, signal: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Delivery>;
}

/** So much of an answer is shown to people. */
const EXCERPT_CHARS = 200;

/** A poster for `url`, or for a path below it. Reads the CA file, if there is one; throws where it cannot. */
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
    connect: { lookup: lookupOf(environment), ...(await tlsOptions(settings.tls, environment)) },
  });
  const headers = { 'content-type': 'application/json', ...authorization(target, settings) };
  const fullPath = path === '' ? target.pathname + target.search : target.pathname.replace(/\/$/, '') + path;
  return {
    async post(body, signal, more) {
      try {
        const answer = await pool.request({
          method: 'POST',
          path: fullPath,
          headers: { ...headers, ...more },
          body,
          signal,
        });
        const text = await beginning(answer.body);
        const nowMs = environment.clock.now().wallMs;
        return toDelivery(answer.statusCode, text, answer.headers['retry-after'], nowMs);
      } catch (error) {
        return toFailure(error, target.host);
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** The beginning of a body; a longer one is cut off, with its connection. */
async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > EXCERPT_CHARS) break;
  }
  return text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)}…` : text.trim();
}

async function tlsOptions(tls: TlsSettings | undefined, environment: ReceiverEnvironment) {
  if (tls === undefined) return {};
  const ca = tls.ca === undefined ? undefined : await readFile(resolve(environment.filesFrom, tls.ca), 'utf8');
  return {
    rejectUnauthorized: tls.insecure_skip_verify !== true,
    minVersion: tls.min_version === '1.3' ? ('TLSv1.3' as const) : ('TLSv1.2' as const),
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
    ...(tls.server_name === undefined ? {} : { servername: tls.server_name }),
  };
}

/** The header that says who asks: what the settings say, else the user of the URL. */
export function authorization(target: URL, { auth }: PosterSettings): Record<string, string> {
  if (auth?.bearer !== undefined) return { authorization: `Bearer ${auth.bearer.reveal()}` };
  const username = auth?.basic?.username ?? decoded(target.username);
  const password = auth?.basic?.password.reveal() ?? decoded(target.password);
  if (username === '' && password === '') return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** A percent sign that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
