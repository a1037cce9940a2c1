import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShopMetrics } from './metrics.ts';
import { describe, report } from './report.ts';

/** What a route answers: a status and a JSON value, or a text with its type. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly contentType?: string;
}

export type Route = (body: string) => Promise<Answer> | Answer;

export interface ServerSettings {
  /** `GET /orders` → what answers it. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly metrics: ShopMetrics;
  /** Asked before each request: how long to dawdle, and whether to fail. */
  readonly sabotage?: (path: string) => { readonly delayMs: number; readonly fail: boolean };
}

const LARGEST_BODY_CHARACTERS = 10_000;

/** A plain HTTP server over a table of routes; a route that throws is a 503 with the reason, and never ends the process. */
export function createShopServer(settings: ServerSettings): Server {
  return createServer((request, response) => {
    const began = performance.now();
    response.once('close', () => settings.metrics.request(response.statusCode, (performance.now() - began) / 1_000));
    answer(settings, request).then(
      (result) => write(response, result),
      (error: unknown) => {
        report('http', error);
        write(response, { status: 503, json: { error: describe(error) } });
      },
    );
  });
}

async function answer(settings: ServerSettings, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const route = settings.routes[`${request.method} ${path}`];
  if (route === undefined) return { status: 404, json: { error: `no such page: ${request.method} ${path}` } };
  const { delayMs = 0, fail = false } = settings.sabotage?.(path) ?? {};
  if (delayMs > 0) await sleep(delayMs);
  if (fail) return { status: 500, json: { error: 'broken on purpose' } };
  return route(await bodyOf(request));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > LARGEST_BODY_CHARACTERS) throw new Error('the request is too long');
  }
  return body;
}

function write(response: ServerResponse, { status, json, text, contentType }: Answer): void {
  const type = contentType ?? (text === undefined ? 'application/json' : 'text/plain; charset=utf-8');
  response.writeHead(status, { 'content-type': type }).end(text ?? JSON.stringify(json));
}
