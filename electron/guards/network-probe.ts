import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Of the namespace that this process is in; `/sys` would tell of the one that it was mounted in. */
const INTERFACES = '/proc/self/net/dev';

/** An address of the world, by number: no name has to be found for it. Nothing is sent to it. */
const OUTSIDE = { host: '1.1.1.1', port: 443 };

export interface Network {
  /** Every interface that there is. */
  readonly interfaces: readonly string[];
  /** Those that are up and have an address. */
  readonly up: readonly string[];
  /** Why no connection could begin, or `connected`. */
  readonly outside: string;
}

const namesIn = (table: string): string[] =>
  table.split('\n').flatMap((line) => /^\s*([^\s:|]+):/.exec(line)?.[1] ?? []);

function reach(): Promise<string> {
  const socket = createConnection(OUTSIDE);
  return new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
    // A network that swallows packets is a network.
    socket.setTimeout(2_000, () => resolve('timeout'));
  }).finally(() => socket.destroy());
}

/** What this process can see of a network, as the kernel says it. */
export async function probeNetwork(): Promise<Network> {
  const interfaces = namesIn(await readFile(INTERFACES, 'utf8'));
  return { interfaces, up: Object.keys(networkInterfaces()), outside: await reach() };
}

/** Only a namespace without a network looks like this: a loopback that is down, and no way to anywhere. */
export const isEmpty = ({ interfaces, up, outside }: Network): boolean =>
  interfaces.every((name) => name === 'lo') && up.length === 0 && outside === 'ENETUNREACH';
