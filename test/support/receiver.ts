import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { Alert, Notice } from '../../src/core/alert.ts';
import { systemClock } from '../../src/core/clock.ts';
import { alertmanager } from '../../src/notify/alertmanager.ts';
import type { Delivery, Message, Peer, ReceiverEnvironment, ReceiverType } from '../../src/notify/contract.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';

/** What the clock of a receiver under test says. */
export const NOW_MS = Date.UTC(2026, 10, 21, 3, 0, 0);

/** An alert with everything that an alert can have. */
export const ALERT: Alert = {
  fingerprint: '0123456789abcdef',
  labels: {
    alertname: 'PostgresDown',
    service: 'shop',
    target: 'database',
    type: 'postgres',
    severity: 'P1',
    env: 'production',
  },
  annotations: { summary: 'Postgres database is down', description: 'connection refused by 127.0.0.1:5432' },
  severity: 'P1',
  target: 'database',
  state: 'firing',
  startsAtMs: NOW_MS - 1500,
  generatorUrl: 'https://outrider.example.com/targets/database',
  origin: 'own',
  suppressedBy: [],
  silencedBy: [],
  group: 'g',
};
export const FIRING: Notice = { status: 'firing', alert: ALERT };

/** The surroundings of a receiver: every name is 127.0.0.1, the time stands. */
export const environment = (changes: Partial<ReceiverEnvironment> = {}): ReceiverEnvironment => ({
  clock: { ...systemClock, now: () => ({ monoMs: performance.now(), wallMs: NOW_MS }) },
  log: { debug() {}, info() {}, warn() {}, error() {} },
  lookUp: async () => ({ ok: true, addresses: [{ address: '127.0.0.1', family: 4 }] }),
  filesFrom: tmpdir(),
  receiver: 'test',
  externalUrl: undefined,
  timezone: 'UTC',
  severityLabel: (severity) => severity,
  reachesPeople: false,
  ...changes,
});

/** The only peer of an Alertmanager receiver with these keys; closed with the test. */
export const openPeer = (keys: Record<string, unknown>, changes?: Partial<ReceiverEnvironment>): Promise<Peer> =>
  openPeerOf(alertmanager, keys, changes);

/** The only peer of a receiver of that type with these keys; closed with the test. */
export async function openPeerOf<S extends z.ZodType<{ type: string }>>(
  { type, schema, open }: ReceiverType<S>,
  keys: Record<string, unknown>,
  changes?: Partial<ReceiverEnvironment>,
): Promise<Peer> {
  const [peer] = await open(schema.parse({ type, ...keys }), environment(changes));
  if (peer === undefined) throw new Error('no peer');
  onTestFinished(async () => peer[Symbol.asyncDispose]());
  return peer;
}

/** The first message of a group, unless told otherwise. */
export const messageOf = (changes: Partial<Message> = {}): Message => ({
  step: 'first',
  group: ALERT.group,
  groupLabels: {},
  changed: [FIRING],
  standing: [],
  sinceMs: ALERT.startsAtMs,
  key: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  isRepeat: false,
  thread: undefined,
  ...changes,
});

/** One message, with time enough unless told otherwise. */
export const send = (
  peer: Peer,
  message: Partial<Message> = {},
  signal = AbortSignal.timeout(10_000),
): Promise<Delivery> => peer.send(messageOf(message), { nowMs: NOW_MS, signal });

/** A server that answers so, ended with the test. */
export async function serverOf(answer: RequestListener): Promise<HttpServer> {
  const server = await startHttpServer(answer);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** 200 without a word. */
export const OK: RequestListener = (_request, response) => response.end();
