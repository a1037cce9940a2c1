import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { getCACertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { TlsSettings } from '../../core/schema.ts';
import type { Secret, SecretUrl } from '../../core/secret.ts';
import type { Delivery, ReceiverEnvironment } from '../contract.ts';
import { toDelivery, toFailure } from './answer.ts';
import { lookupOf } from './lookup.ts';

export interface PosterSettings {
  readonly auth?:
    | { readonly basic?: { username: string; password: Secret } | undefined; readonly bearer?: Secret | undefined }
    | undefined;
  readonly tls?: TlsSettings | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** An answer as it came; of a very long body the beginning. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** What came back, or why nothing did. */
export type Asked =
  | { readonly answered: true; readonly answer: Answer }
  | { readonly answered: false; readonly delivery: Delivery };

/** Posts to one address over kept connections: JSON, unless the headers say otherwise. */
export interface Poster extends AsyncDisposable {
  /** Judged by the status of the answer alone. */
  post(body: string, signal: AbortSignal, headers?: Headers): Promise<Delivery>;
  /** For services whose status does not say it all. */
  ask(body: string, signal: AbortSignal, options?: AskOptions): Promise<Asked>;
  /** What the status of an answer means. */
  judge(answer: Answer): Delivery;
}

interface AskOptions {
  readonly headers?: Headers;
  /** A path below the poster's. */
  readonly under?: string;
  /** So many characters of the answer are read. */
  readonly most?: number;
}

/** So much of an answer is shown to people. */
const EXCERPT_CHARS = 200;
/** So much of an answer is read by those who ask for it. */
const ANSWER_CHARS = 262_144;

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
  const ask: Poster['ask'] = (body, signal, { headers: more, under = '', most = ANSWER_CHARS } = {}) => {
    const to = under === '' ? fullPath : fullPath.replace(/\/$/, '') + under;
    const sent = pool.request({ method: 'POST', path: to, headers: { ...headers, ...more }, body, signal });
    return answerOf(sent, most, target.host);
  };
  const judge: Poster['judge'] = ({ status, headers: answered, body }) =>
    toDelivery(status, excerpt(body), answered['retry-after'], environment.clock.now().wallMs);
  return {
    ask,
    judge,
    async post(body, signal, more) {
      const asked = await ask(body, signal, { headers: more ?? {}, most: EXCERPT_CHARS });
      return asked.answered ? judge(asked.answer) : asked.delivery;
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

async function answerOf(sent: Promise<Dispatcher.ResponseData>, most: number, host: string): Promise<Asked> {
  try {
    const { statusCode: status, headers, body } = await sent;
    return { answered: true, answer: { status, headers, body: await beginning(body, most) } };
  } catch (error) {
    return { answered: false, delivery: toFailure(error, host) };
  }
}

/** The beginning of a body; a longer one is cut off, with its connection. */
async function beginning(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > most) break;
  }
  return text;
}

const excerpt = (text: string): string =>
  text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)}…` : text.trim();

/** What Node's TLS is told. Reads the CA file, if there is one; throws where it cannot. */
export async function tlsOptions(tls: TlsSettings | undefined, environment: ReceiverEnvironment) {
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
