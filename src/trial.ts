import { severityLabelOf } from './audience.ts';
import type { Config, ConfiguredReceiver } from './config/config.ts';
import type { Clock } from './core/clock.ts';
import type { ReceiverEnvironment } from './notify/contract.ts';
import { type Tried, tryPeer } from './notify/delivery/trial.ts';
import { receiverTypeOf } from './notify/registry.ts';
import { openResolver } from './probe/dns.ts';

/** Tells every address of one receiver that this is a test, all at once. Throws where the receiver cannot be opened. */
export async function tryReceiver(
  { name: receiver, settings }: ConfiguredReceiver,
  config: Config,
  clock: Clock,
): Promise<readonly Tried[]> {
  const { filesFrom, externalUrl, timezone, service, labels } = config;
  const { manner, open } = receiverTypeOf(settings.type);
  const others = config.receivers.filter(({ name }) => name !== receiver);
  using resolver = openResolver({ clock });
  await using peers = new AsyncDisposableStack();
  const environment: ReceiverEnvironment = {
    ...{ clock, receiver, filesFrom, externalUrl, timezone },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    lookUp: resolver.resolve,
    severityLabel: severityLabelOf(config),
    reachesPeople: others.some((other) => receiverTypeOf(other.settings.type).manner.people === true),
  };
  const opened = (await open(settings, environment)).map((peer) => peers.use(peer));
  const options = { clock, receiver, service, labels, externalUrl, manner };
  return await Promise.all(opened.map((peer) => tryPeer(peer, options)));
}
