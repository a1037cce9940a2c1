import { BlockList, isIP } from 'node:net';

/** Names that only a network of one's own answers: RFC 6762 (local), RFC 8375 (home.arpa), ICANN's internal, Kubernetes' svc, and custom. */
const OWN_NAME = /^[^.]+$|\.(local|localdomain|internal|lan|home\.arpa|svc)$|\.svc\./;

// RFC 1918, RFC 6598, RFC 4193
const OWN_ADDRESSES = new BlockList();
OWN_ADDRESSES.addSubnet('10.0.0.0', 8);
OWN_ADDRESSES.addSubnet('172.16.0.0', 12);
OWN_ADDRESSES.addSubnet('192.168.0.0', 16);
OWN_ADDRESSES.addSubnet('100.64.0.0', 10);
OWN_ADDRESSES.addSubnet('fc00::', 7, 'ipv6');

/** Where a target is unless it says so: its hosts, as far as they are in a network of one's own. Loopback is no place, and a public host shares none. */
export const placesOf = (hosts: readonly string[]): readonly string[] => [
  ...new Set(hosts.map((host) => host.toLowerCase().replace(/\.$/, '')).filter(isOwn)),
];

function isOwn(host: string): boolean {
  const family = isIP(host);
  if (family !== 0) return OWN_ADDRESSES.check(host, family === 6 ? 'ipv6' : 'ipv4');
  return host !== 'localhost' && !host.endsWith('.localhost') && OWN_NAME.test(host);
}
