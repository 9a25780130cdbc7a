/** A socket of IP that waits for somebody: TCP that listens, or UDP that takes from anybody. */
export interface OpenSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** States of the kernel's tables (include/net/tcp_states.h): LISTEN, and CLOSE, which is what an unconnected UDP socket is in. */
const WAITS = { tcp: '0A', udp: '07' } as const;

/** The kernel prints each 32-bit word of an address in the order of the host, which is little-endian wherever Electron runs. */
function addressOf(hex: string): string | null {
  const words = hex.match(/[0-9A-F]{8}/g);
  if (!words || words.join('') !== hex) return null;
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return null;
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_none, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}

/**
 * Open sockets of one table of `/proc/net`.
 * @returns null when a line is not one that the kernel writes: what cannot be read must not be taken for nothing
 */
export function readSockets(table: string, protocol: OpenSocket['protocol']): OpenSocket[] | null {
  const found: OpenSocket[] = [];
  const [head, ...lines] = table.trimEnd().split('\n');
  if (head === undefined || !head.includes('local_address')) return null;
  for (const line of lines) {
    const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    const [hex = '', portHex = ''] = local.split(':');
    const address = addressOf(hex);
    if (address === null || !/^[0-9A-F]{4}$/.test(portHex) || !/^\d+$/.test(inode)) return null;
    if (state === WAITS[protocol])
      found.push({ protocol, address, port: Number.parseInt(portHex, 16), inode });
  }
  return found;
}

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
