import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpServer, type Received, startHttpServer } from '../http-server.ts';
import type { Dialect } from './dialect.ts';
import type { Ledger } from './ledger.ts';

/** What a sink does with a request that it has read. */
export type Behaviour =
  | { readonly kind: 'ok'; readonly afterMs?: number }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** It never answers. */
  | { readonly kind: 'hang' }
  /** It takes the message, and its answer is lost. */
  | { readonly kind: 'drop' };

/** A receiver of messages that writes each into a ledger. */
export interface Sink extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** What it does from now on. */
  become(behaviour: Behaviour): void;
  /** What it does with the next requests, one each, before it goes on as before. */
  next(...behaviours: readonly Behaviour[]): void;
}

/** Starts one that reads and answers as a service of that kind does; with `relay` the real service at that address answers. */
export async function startSink(name: string, dialect: Dialect, ledger: Ledger, relay?: string): Promise<Sink> {
  let usual: Behaviour = { kind: 'ok' };
  const script: Behaviour[] = [];
  const take = async (request: Received, response: ServerResponse) => {
    const behaviour = script.shift() ?? usual;
    if (relay !== undefined && behaviour.kind === 'ok') return await pass(request, response, relay);
    const answer =
      behaviour.kind === 'ok' ? 200 : behaviour.kind === 'status' ? behaviour.status : answerless(behaviour);
    const { url, body } = request;
    ledger.add({ atMs: Date.now(), receiver: name, url, body, answer, ...dialect.read(request) });
    if (behaviour.kind === 'hang') return;
    if (behaviour.kind === 'drop') return void response.destroy();
    if (behaviour.kind === 'status') return void response.writeHead(behaviour.status, behaviour.headers).end();
    if (behaviour.afterMs !== undefined) await sleep(behaviour.afterMs);
    response.writeHead(dialect.status, { 'content-type': 'application/json' }).end(dialect.answer(request));
  };
  const pass = async (request: Received, response: ServerResponse, to: string) => {
    const { url, body } = request;
    const said = { atMs: Date.now(), receiver: name, url, body, ...dialect.read(request) };
    const headers = { 'content-type': 'application/json' };
    const status = await fetch(to + url, { method: 'POST', headers, body }).then(
      (answer) => answer.status,
      () => 502,
    );
    ledger.add({ ...said, answer: status });
    response.writeHead(status).end();
  };
  const server: HttpServer = await startHttpServer((_, response) => {
    const request = server.requests.at(-1);
    if (request !== undefined) void take(request, response);
  });
  return {
    name,
    port: server.port,
    url: server.url,
    become(behaviour) {
      usual = behaviour;
    },
    next: (...behaviours) => void script.push(...behaviours),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const answerless = ({ kind }: Behaviour): 'hung' | 'dropped' => (kind === 'hang' ? 'hung' : 'dropped');
