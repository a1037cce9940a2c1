import type { Notice } from '../core/alert.ts';

/** What one peer has taken: the alerts that fire, as far as it knows. */
export interface Told {
  /** The peer has taken this message. */
  taken(message: readonly Notice[]): void;
  /** The beginning that it was told of last, where it was not told of the end. */
  of(fingerprint: string): Notice | undefined;
  /** What else of the message's group it knows to fire. */
  beside(message: readonly Notice[]): readonly Notice['alert'][];
  all(): readonly Notice[];
}

/** Opens the memory of a peer that was told nothing. */
export function openTold(): Told {
  const groups = new Map<string, Map<string, Notice>>();
  const groupOf = new Map<string, string>();

  const forget = (fingerprint: string) => {
    const group = groupOf.get(fingerprint) ?? '';
    groupOf.delete(fingerprint);
    const members = groups.get(group);
    members?.delete(fingerprint);
    if (members?.size === 0) groups.delete(group);
  };

  return {
    taken(message) {
      for (const notice of message) {
        const { fingerprint, group } = notice.alert;
        forget(fingerprint);
        if (notice.status === 'resolved') continue;
        groupOf.set(fingerprint, group);
        groups.set(group, (groups.get(group) ?? new Map<string, Notice>()).set(fingerprint, notice));
      }
    },
    of: (fingerprint) => groups.get(groupOf.get(fingerprint) ?? '')?.get(fingerprint),
    beside(message) {
      const within = new Set(message.map(({ alert }) => alert.fingerprint));
      const members = groups.get(message[0]?.alert.group ?? '')?.values() ?? [];
      return [...members].map(({ alert }) => alert).filter(({ fingerprint }) => !within.has(fingerprint));
    },
    all: () => [...groups.values()].flatMap((members) => [...members.values()]),
  };
}

/** Whether both tell the same: an alert that began, or ended, at the same moment; whatever else is known of it by now. */
export function isSame(one: Notice, other: Notice): boolean {
  if (one.alert.startsAtMs !== other.alert.startsAtMs) return false;
  if (one.status === 'firing' || other.status === 'firing') return one.status === other.status;
  return one.endsAtMs === other.endsAtMs;
}

/** The notice as one of that group: who was told of a beginning in a group is told of its end in the same one. */
export const inGroup = (notice: Notice, group: string): Notice => ({ ...notice, alert: { ...notice.alert, group } });
