import { isIPv4, isIPv6 } from 'node:net';

/** The eight groups of an IPv6 address in its canonical spelling. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left;
  const right = tail === '' ? [] : tail.split(':');
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

/**
 * What may be shown of an address: /24 of IPv4, /48 of IPv6 (SPEC 12).
 * @param address normalised, so mapped IPv6 is IPv4 already
 */
export function truncateAddress(address: string): string {
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  if (isIPv6(address)) return `${groupsOf(address).slice(0, 3).join(':')}::/48`;
  return address;
}

/** What is counted as one client: an IPv4 address, or the /64 that one IPv6 host can roam in at will. */
export function limitedUnit(address: string): string {
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}
