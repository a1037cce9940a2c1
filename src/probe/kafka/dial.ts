import { connect, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Resolver } from '../resolver.ts';
import type { TlsOptions } from '../tls.ts';
import { BrokerError } from './broker-error.ts';

const MAX_PORT = 65_535;

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, IPv6 in brackets. */
export const peerName = ({ host, port }: BrokerAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The addresses that the broker's name has now, as a `lookup` for sockets; throws BrokerError. */
export async function lookUp(address: BrokerAddress, resolver: Resolver, signal: AbortSignal): Promise<LookupFunction> {
  const resolved = await resolver.resolve(address.host, signal);
  if (!resolved.ok) throw new BrokerError({ reason: 'dns', message: resolved.message });
  const { addresses } = resolved;
  return (_host, options, done) => {
    if (options.all === true) done(null, [...addresses]);
    else done(null, addresses[0].address, addresses[0].family);
  };
}

/** A socket that begins to connect, by TLS where options are given; throws BrokerError where the cluster names a port that cannot be. */
export function dial(address: BrokerAddress, lookup: LookupFunction, tls: TlsOptions | undefined): Socket {
  if (address.port < 1 || address.port > MAX_PORT)
    throw new BrokerError({ reason: 'protocol', message: `${peerName(address)} is no address: the port cannot be` });
  const options = { host: address.host, port: address.port, lookup, noDelay: true, keepAlive: true };
  return tls === undefined ? connect(options) : connectTls({ ...options, ...tls });
}
