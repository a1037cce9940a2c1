import type { Secret } from '../core/secret.ts';
import type { Peer, ReceiverEnvironment } from './contract.ts';
import { toDelivery, toFailure } from './http/answer.ts';
import { lookupOf } from './http/lookup.ts';
import { authorization } from './http/poster.ts';

/** What asks for a heartbeat URL whenever it is told anything; answers without a 2xx are failures, of which only the status is said. */
export async function openHeartbeat(
  url: Secret,
  environment: Pick<ReceiverEnvironment, 'clock' | 'lookUp'>,
): Promise<Peer> {
  const { Pool } = await import('undici');
  const target = new URL(url.reveal());
  const pool = new Pool(target.origin, {
    connections: 1,
    pipelining: 1,
    allowH2: false,
    connect: { lookup: lookupOf(environment) },
  });
  const request = {
    method: 'GET',
    path: target.pathname + target.search,
    headers: { 'user-agent': 'outrider', ...authorization(target, {}) },
  } as const;
  return {
    name: 'heartbeat',
    async send(_, { nowMs, signal }) {
      try {
        const answer = await pool.request({ ...request, signal });
        // Of no interest, and it may repeat the token that the URL is.
        await answer.body.dump();
        return toDelivery(answer.statusCode, '', undefined, nowMs);
      } catch (error) {
        return toFailure(error, target.host);
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
