import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { Delivery, Message, Peer } from '../contract.ts';

/** One attempt ends by then, whatever the receiver does. */
const ATTEMPT_MS = 10_000;
const FIRST_BACKOFF_MS = 500;

/** Tells a peer once, within 10 s. */
export async function attempt(peer: Peer, message: Message, clock: Clock): Promise<Delivery> {
  const abort = new AbortController();
  let deadline: Disposable | undefined;
  const late = new Promise<Delivery>((resolve) => {
    deadline = clock.after(ATTEMPT_MS, () => {
      abort.abort();
      const said = `no answer within ${ATTEMPT_MS / 1000}s`;
      resolve({ ok: false, retry: true, reason: 'timeout', message: said, maybeTaken: true });
    });
  });
  try {
    const sent = peer.send(message, { nowMs: clock.now().wallMs, signal: abort.signal });
    return await Promise.race([sent, late]);
  } catch (error) {
    return { ok: false, retry: true, reason: 'network', message: errorText(error), maybeTaken: true };
  } finally {
    deadline?.[Symbol.dispose]();
  }
}

/** Full jitter, doubled each time, never sooner than the receiver asked for. Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
export function backoffMs(
  failures: number,
  retryAfterMs: number | undefined,
  random: number,
  longestMs: number,
): number {
  const ceiling = Math.min(longestMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(1, random * ceiling, retryAfterMs ?? 0);
}
