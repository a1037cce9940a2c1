import { BlockList, isIP } from 'node:net';

/** Where a target is, seen from here: on this machine, in a network of one's own, or beyond it. */
export type Locality = 'here' | 'near' | 'far';

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
const HERE = subnets('127.0.0.0/8', '0.0.0.0/32', '::1/128', '::/128');
const NEAR = subnets('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16');
const NEAR_6 = subnets('fc00::/7', 'fe80::/10');

function subnets(...ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Where an address is; one that is none is far. */
export function localityOfAddress(address: string): Locality {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (HERE.check(address, family)) return 'here';
  return NEAR.check(address, family) || NEAR_6.check(address, family) ? 'near' : 'far';
}

/** Where a host is as far as its name tells; undefined where only its addresses can tell. A path is a Unix socket. */
export function localityOfHost(host: string): Locality | undefined {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return localityOfAddress(bare);
  const name = host.toLowerCase().replace(/\.$/, '');
  return name.startsWith('/') || name === 'localhost' || name.endsWith('.localhost') ? 'here' : undefined;
}

/** Several places as one: here only where all are; far only where none is nearer. */
export function together(places: readonly Locality[]): Locality {
  const elsewhere = places.filter((place) => place !== 'here');
  if (elsewhere.length === 0) return 'here';
  return elsewhere.every((place) => place === 'far') ? 'far' : 'near';
}
