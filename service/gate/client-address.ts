import { BlockList, isIP, SocketAddress } from 'node:net';

/** What stands for the client on a Unix socket, which has no address. */
export const LOCAL_CLIENT = 'local';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/**
 * One spelling for one address: IPv6 compressed and lower-case, IPv4-mapped IPv6 as IPv4.
 * @returns null for anything that is not an address (ports, names, zones and `unknown` included)
 */
export function normaliseAddress(text: string): string | null {
  const family = isIP(text);
  if (family === 4) return text;
  if (family !== 6 || text.includes('%')) return null;
  const canonical = new SocketAddress({ address: text, family: 'ipv6' }).address;
  return MAPPED.exec(canonical)?.[1] ?? canonical;
}

export type TrustsProxy = (address: string) => boolean;

/**
 * The predicate of TRUSTED_PROXIES: addresses and CIDR ranges.
 * @throws RangeError for an entry that is neither, because a typing error must not turn into trust or distrust
 */
export function trustedProxies(entries: readonly string[]): TrustsProxy {
  const list = new BlockList();
  for (const entry of entries) {
    const [network = '', bits] = entry.split('/');
    const address = normaliseAddress(network);
    if (address === null || (bits !== undefined && !/^\d{1,3}$/.test(bits)))
      throw new RangeError(`TRUSTED_PROXIES: ${entry} is neither an address nor a range`);
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Who the client is. X-Forwarded-For is attacker-controlled up to the entry that the last trusted proxy appended, so it is
 * walked from the right and only as long as the hop that vouches for the next entry is trusted.
 * @param peer address of the socket's other end, undefined on a Unix socket
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusts: TrustsProxy,
): string {
  if (peer === undefined || peer === '') return LOCAL_CLIENT;
  let client = normaliseAddress(peer) ?? peer;
  const hops = forwardedFor === undefined ? [] : forwardedFor.split(',');
  while (trusts(client)) {
    const hop = normaliseAddress(hops.pop()?.trim() ?? '');
    if (hop === null) break;
    client = hop;
  }
  return client;
}
