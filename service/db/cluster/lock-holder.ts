import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { processState } from './postmaster.ts';

/** What a holder writes of itself into its lock. `-`: this system does not say it. */
export interface Holder {
  readonly pid: number;
  /** When it began, in ticks since the machine did: process ids are used again. */
  readonly born: string;
  /** Which start of which machine. */
  readonly boot: string;
  /** Whose process ids these are: each container counts its own. */
  readonly namespace: string;
  /** Its socket in the data directory. */
  readonly door: string;
}

const SAID = /^(\d+) (\d+|-) ([0-9a-f-]+) (\d+|-) (\.service-door-[0-9a-f]{16}|-)\n$/;

/** @returns undefined for a file that its holder let go of, which is empty, and for what a loss of power left */
export function readHolder(text: string): Holder | undefined {
  const [, pid, born, boot, namespace, door] = SAID.exec(text) ?? [];
  if (!(pid && born && boot && namespace && door)) return undefined;
  return { pid: Number(pid), born, boot, namespace, door };
}

const orDash = (read: () => string | undefined): string => {
  try {
    return read() || '-';
  } catch {
    return '-';
  }
};

/** Field 22 of stat(5), counted after the name, which may hold spaces. */
const bornAt = (pid: number): string =>
  orDash(() => {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  });

const ownBoot = () => orDash(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
const ownNamespace = () => orDash(() => /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]);

export const describeSelf = (door: string): string =>
  `${process.pid} ${bornAt(process.pid)} ${ownBoot()} ${ownNamespace()} ${door}\n`;

/** Runs with a path of this directory that is short whatever its own length: a socket's path has 107 bytes. */
async function withShortPath<T>(dataDir: string, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await open(dataDir);
  try {
    return await use(`/proc/self/fd/${folder.fd}`);
  } finally {
    await folder.close();
  }
}

export interface Door {
  readonly name: string;
  close(): Promise<void>;
}

/**
 * A socket that can be reached while this process lives, from every container of this machine that has the directory, and is refused
 * by the kernel once it is dead. Nothing is said through it. Where none can be made the name is `-`.
 */
export async function openDoor(dataDir: string): Promise<Door> {
  // Elsewhere all processes count by the same ids.
  if (process.platform !== 'linux') return { name: '-', close: async () => undefined };
  const name = `.service-door-${randomBytes(8).toString('hex')}`;
  const server = createServer((knocking) => knocking.destroy()).unref();
  const close = async () => {
    server.close();
    await rm(join(dataDir, name), { force: true }).catch(() => undefined);
  };
  try {
    await withShortPath(
      dataDir,
      (path) =>
        new Promise<void>((resolve, reject) => {
          server.once('error', reject).listen(join(path, name), resolve);
        }),
    );
    // A knock that cannot be taken, for want of files, is still one that got through.
    server.on('error', () => undefined);
    return { name, close };
  } catch {
    return { name: '-', close };
  }
}

type State = 'alive' | 'gone' | 'unknown';

const knock = (dataDir: string, door: string): Promise<State> =>
  withShortPath(
    dataDir,
    (path) =>
      new Promise<State>((resolve) => {
        const socket = createConnection(join(path, door));
        socket.once('connect', () => {
          socket.destroy();
          resolve('alive');
        });
        // Any other failure than this one proves nothing: it may lack a right, or be of a file system that has no sockets.
        socket.on('error', ({ code }: NodeJS.ErrnoException) =>
          resolve(code === 'ECONNREFUSED' ? 'gone' : 'unknown'),
        );
      }),
  );

const differ = (one: string, other: string): boolean => one !== '-' && other !== '-' && one !== other;

/** @param written when it wrote that, in milliseconds; counts where a system does not say when a process began */
export async function stateOf(holder: Holder, dataDir: string, written: number): Promise<State> {
  const { pid, born, boot, namespace, door } = holder;
  if (differ(boot, ownBoot())) return 'gone';
  // A process id of another container means nobody here, or somebody else.
  if (namespace !== ownNamespace())
    return door === '-' ? 'unknown' : await knock(dataDir, door).catch(() => 'unknown' as const);
  if (processState(pid) === 'gone') return 'gone';
  if (born !== '-') return bornAt(pid) === born ? 'alive' : 'gone';
  // What was written before the machine began is nobody's.
  return written > Date.now() - uptime() * 1000 ? 'alive' : 'gone';
}
