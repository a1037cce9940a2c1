import type { Alert, Notice } from '../../core/alert.ts';
import type { Clock } from '../../core/clock.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import { OWN_NAME } from '../../core/own-target.ts';
import type { Delivery, DeliveryManner, Message, Peer } from '../contract.ts';
import { attempt } from './attempt.ts';
import { messageOf } from './message.ts';

export interface TrialOptions {
  readonly clock: Clock;
  readonly receiver: string;
  readonly service: string;
  readonly labels: Labels;
  readonly externalUrl: string | undefined;
  readonly manner: DeliveryManner;
}

/** What one peer answered to a test, and after how long. */
export interface Tried {
  readonly peer: string;
  readonly delivery: Delivery;
  readonly tookMs: number;
}

/**
 * Tells a peer that this is a test. Whoever keeps an alert until the end of it is heard is told that right after: then the
 * delivery is that of the end, unless the beginning failed.
 */
export async function tryPeer(peer: Peer, options: TrialOptions): Promise<Tried> {
  const { clock, manner } = options;
  const nowMs = clock.now().wallMs;
  const beganMs = clock.monoMs();
  const alert = testAlert(options, nowMs);
  const begun = await attempt(peer, { ...testMessage({ status: 'firing', alert }, options), step: 'test' }, clock);
  const tookMs = clock.monoMs() - beganMs;
  const isKept = manner.people !== true || manner.keyed === true;
  if (!begun.ok || !isKept) return { peer: peer.name, delivery: begun, tookMs };
  const end: Notice = { status: 'resolved', alert, endsAtMs: Math.max(nowMs, clock.now().wallMs) };
  const ended = await attempt(peer, testMessage(end, options), clock);
  const delivery = ended.ok ? begun : { ...ended, message: `it was taken, but not its end: ${ended.message}` };
  return { peer: peer.name, delivery, tookMs };
}

/** It began a moment ago, for some take nothing that ends when it begins. */
const testAlert = ({ receiver, service, labels: own, externalUrl }: TrialOptions, nowMs: number): Alert => {
  const labels = { ...own, alertname: 'OutriderTest', service, severity: 'P3' };
  return {
    origin: 'own',
    fingerprint: fingerprint(labels),
    labels,
    annotations: {
      summary: `This is a test: Outrider reaches ${receiver}`,
      description: `Sent by \`outrider notify test ${receiver}\`. Nothing is wrong, and nothing is to be done.`,
    },
    severity: 'P3',
    target: OWN_NAME,
    state: 'firing',
    startsAtMs: nowMs - 1000,
    generatorUrl: externalUrl,
    suppressedBy: [],
    silencedBy: [],
    group: `test-${nowMs}`,
  };
};

const testMessage = (notice: Notice, { receiver }: TrialOptions): Message => {
  const { group } = notice.alert;
  const about = { receiver, group, groupLabels: {}, standing: [], isKnown: false, isRepeat: false };
  return messageOf([notice], { ...about, thread: undefined, toldMs: 0 });
};
