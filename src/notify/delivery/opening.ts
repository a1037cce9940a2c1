import { errorText, OutriderError } from '../../core/errors.ts';
import type { Peer } from '../contract.ts';

/** A receiver that is to be opened. */
export interface Closed {
  readonly name: string;
  open(): Promise<readonly Peer[]>;
}

/** By the receiver's name its peers, or why there are none. */
export type Opened = ReadonlyMap<string, { readonly peers: readonly Peer[] } | { readonly problem: string }>;

/** Opens all of them, those that can be. */
export async function openEach(receivers: readonly Closed[]): Promise<Opened> {
  const opened = new Map<string, { readonly peers: readonly Peer[] } | { readonly problem: string }>();
  for (const { name, open } of receivers) {
    try {
      opened.set(name, { peers: await open() });
    } catch (error) {
      opened.set(name, { problem: errorText(error) });
    }
  }
  return opened;
}

/** Opens all of them; where one cannot be, none is open afterwards, and it throws OutriderError `config_invalid` with a line for each. */
export async function openAll(receivers: readonly Closed[]): Promise<Opened> {
  const opened = await openEach(receivers);
  const problems = [...opened].flatMap(([name, one]) =>
    'problem' in one ? [`notify.${name}: the receiver cannot be opened: ${one.problem}`] : [],
  );
  if (problems.length === 0) return opened;
  const peers = [...opened.values()].flatMap((one) => ('peers' in one ? one.peers : []));
  await Promise.allSettled(peers.map((peer) => peer[Symbol.asyncDispose]()));
  throw new OutriderError('config_invalid', problems.join('\n'));
}
