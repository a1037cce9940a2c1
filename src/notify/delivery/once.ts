import type { Notice } from '../../core/alert.ts';
import type { Clock } from '../../core/clock.ts';
import type { Delivery, Peer } from '../contract.ts';
import { attempt } from './attempt.ts';
import { messageOf } from './message.ts';

/** Tells a peer past whatever waits for it, once only: not while such an attempt is under way. */
export interface Once {
  tell(notice: Notice): void;
  /** What is under way is heard of no more. */
  close(): void;
}

/** Opens it for a peer; `onAnswer` hears what became of each attempt. */
export function openOnce(peer: Peer, receiver: string, clock: Clock, onAnswer: (delivery: Delivery) => void): Once {
  let isTelling = false;
  let isClosed = false;

  const tellOnce = async (notice: Notice) => {
    isTelling = true;
    const about = { receiver, group: notice.alert.group, groupLabels: {}, standing: [], thread: undefined };
    const now = { ...about, isKnown: false, isRepeat: false, toldMs: clock.now().wallMs };
    // Each telling is one of its own: its time is in its key.
    const message = { ...messageOf([notice], now), key: messageOf([], now).key };
    const delivery = await attempt(peer, message, clock);
    isTelling = false;
    if (!isClosed) onAnswer(delivery);
  };

  return {
    tell(notice) {
      if (!isTelling && !isClosed) void tellOnce(notice);
    },
    close() {
      isClosed = true;
    },
  };
}
