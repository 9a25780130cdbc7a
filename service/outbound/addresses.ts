import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { OutboundError } from './outbound-error.ts';

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Says whether an address may be connected to. */
export type AllowsAddress = (address: string) => boolean;

/** A mapped or translated IPv4 address is judged as what it leads to. */
function plain(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(text.split('%')[0] ?? text);
}

const inNetwork = (address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Network): boolean =>
  address.kind() === base.kind() && address.match(base, bits);

/**
 * Public unicast addresses, and those of the networks that configuration names. Everything else, loopback, private, link-local,
 * metadata services, carrier NAT, translated and reserved ranges alike, is refused.
 * @throws Error when a network is not one
 */
export function allowsAddress(privateNetworks: readonly string[]): AllowsAddress {
  const networks = privateNetworks.map((text) => ipaddr.parseCIDR(text));
  return (text) => {
    if (!ipaddr.isValid(text.split('%')[0] ?? '')) return false;
    const address = plain(text);
    return address.range() === 'unicast' || networks.some((network) => inNetwork(address, network));
  };
}

export const refusedAddress = (): OutboundError =>
  new OutboundError('address-refused', 'its name leads to an address that is not allowed');

type Resolve = typeof systemLookup;

/**
 * A DNS lookup whose every answer is judged: one that is not allowed refuses them all, because an honest name has none. The
 * connection is made to these very answers, so there is no second lookup that could say something else.
 */
export function guardedLookup(allows: AllowsAddress, resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const first = found?.[0];
      if (error || !first) return callback(error ?? refusedAddress(), '', 0);
      if (!found.every(({ address }) => allows(address))) return callback(refusedAddress(), '', 0);
      if (options.all) return callback(null, found);
      callback(null, first.address, first.family);
    });
  };
}
