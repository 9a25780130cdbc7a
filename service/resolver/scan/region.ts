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

/** The first 32 bits: no registry was given a block whose prefix is longer than 23. */
function first32(address: string): number {
  const [first = '', second = ''] = address.split(':', 2);
  return Number.parseInt(first || '0', 16) * 2 ** 16 + Number.parseInt(second || '0', 16);
}

/** For documentation, inside of a registry's block. */
const IPV6_EXAMPLES = first32('2001:db8');

const IPV6_RANGES = Object.entries(IPV6_BLOCKS).flatMap(([region, blocks]) =>
  blocks.split(' ').map((block) => {
    const [prefix = '', bits] = block.split('/');
    const from = first32(prefix);
    return { from, to: from + 2 ** (32 - Number(bits)) - 1, region: region as Region };
  }),
);

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
  const start = first32(address);
  if (start === IPV6_EXAMPLES) return 'unknown';
  return IPV6_RANGES.find(({ from, to }) => from <= start && start <= to)?.region ?? 'unknown';
}
