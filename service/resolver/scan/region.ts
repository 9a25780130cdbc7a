import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Region } from '../../../shared/http/scans.ts';
import { IPV4_BLOCKS, IPV6_BLOCKS } from './region-table.ts';

const numbersOf = (ranges: string): number[] =>
  ranges.split(' ').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });

const BY_FIRST_NUMBER = new Map<number, Region>(
  Object.entries(IPV4_BLOCKS).flatMap(([region, ranges]) =>
    numbersOf(ranges).map((number) => [number, region as Region] as const),
  ),
);

/** Inside of the blocks above, but nobody's: private, link-local, shared by carriers, for documentation. */
const NOBODYS = new BlockList();
for (const [network, bits] of [
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
] as const)
  NOBODYS.addSubnet(network, bits, 'ipv4');

const firstGroup = (address: string): number => Number.parseInt(address.split(':')[0] || '0', 16);

/**
 * The coarse region of a client.
 * @param address normalised: mapped IPv6 is IPv4 already
 */
export function regionOf(address: string): Region {
  if (isIPv4(address)) {
    if (NOBODYS.check(address)) return 'unknown';
    return BY_FIRST_NUMBER.get(Number.parseInt(address, 10)) ?? 'unknown';
  }
  if (!isIPv6(address)) return 'unknown';
  const group = firstGroup(address);
  const found = IPV6_BLOCKS.find(
    ([prefix, bits]) => group >> (16 - bits) === Number.parseInt(prefix, 16) >> (16 - bits),
  );
  return found?.[2] ?? 'unknown';
}
