import { type Scrub, scrubber } from '../../core/secret.ts';
import type { Delivery } from '../contract.ts';

/** Shorter parts of a URL are words. */
const SHORTEST_TOKEN = 8;

/** Takes out of texts what of a URL may be a token, and these secrets. */
export function urlScrubber({ pathname, search, searchParams }: URL, secrets: readonly string[] = []): Scrub {
  const parts = [pathname + search, pathname, ...pathname.split('/'), ...searchParams.values()];
  return scrubber([...parts.filter(({ length }) => length >= SHORTEST_TOKEN), ...secrets]);
}

/** The delivery with its message scrubbed: servers like to repeat what they refuse. */
export const scrubbed = (delivery: Delivery, scrub: Scrub): Delivery =>
  delivery.ok ? delivery : { ...delivery, message: scrub(delivery.message) };
