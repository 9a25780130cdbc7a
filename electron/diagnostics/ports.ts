import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import type { ConsoleProcess } from './processes.ts';
import { confinementOf } from './seccomp.ts';
import { isLoopback, type OpenSocket, readSockets } from './sockets.ts';
import { type Proc, processTree, type Relative } from './tree.ts';

/** Processes that may listen, on loopback: agents call the one, scans come to the other. The admin plane is a socket with a path. */
const MAY_LISTEN = new Set(['Sallyport api', 'Sallyport resolver']);

const TABLES = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
] as const;

interface Deps {
  readonly platform: string;
  readonly pid: number;
  /** Folder of the database that this console's service keeps. */
  readonly cluster: string;
  readonly processes: () => readonly Pick<ConsoleProcess, 'pid' | 'type' | 'name'>[];
  readonly proc: Proc;
}

/** Inodes of the sockets that a process holds; null where the kernel does not let us look. */
async function inodesOf(pid: number, { readDir, readLink }: Proc): Promise<Set<string> | null> {
  const folder = `/proc/${pid}/fd`;
  const names = await readDir(folder).catch(() => null);
  if (names === null) return null;
  // One that was closed meanwhile is none.
  const targets = await Promise.all(names.map((name) => readLink(`${folder}/${name}`).catch(() => '')));
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? []));
}

/** Open sockets of the network that a process is in: pages and rehearsals are in others than main. */
async function socketsAround(pid: number, { readFile }: Proc): Promise<OpenSocket[] | null> {
  const all: OpenSocket[] = [];
  for (const [name, protocol] of TABLES) {
    const table = await readFile(`/proc/${pid}/net/${name}`).catch((error: NodeJS.ErrnoException) =>
      // A kernel without IPv6 has no such table.
      error.code === 'ENOENT' && name.endsWith('6') ? 'local_address' : null,
    );
    const found = table === null ? null : readSockets(table, protocol);
    if (found === null) return null;
    all.push(...found);
  }
  return all;
}

type Seen = { readonly open: readonly OpenSocket[] } | 'confined' | 'gone' | 'hidden';

async function look({ pid }: Relative, main: number, proc: Proc): Promise<Seen> {
  const [inodes, around] = await Promise.all([inodesOf(pid, proc), socketsAround(pid, proc)]);
  if (inodes && around) return { open: around.filter(({ inode }) => inodes.has(inode)) };
  // Chromium's sandbox hides its children from us, and makes opening a socket one of the calls that they may not make.
  const confinement = await confinementOf(pid, main, proc.readFile);
  return confinement === 'confined' || confinement === 'gone' ? confinement : 'hidden';
}

const addressText = ({ address, port, protocol }: OpenSocket): string =>
  `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;

async function examineTree({ pid, cluster, processes, proc }: Deps) {
  const known = new Map(processes().map((one) => [one.pid, one.type === 'Browser' ? 'main' : one.name]));
  const tree = await processTree(pid, cluster, proc);
  if (tree.length === 0) throw new Error('this process is not in /proc');
  const rows = await Promise.all(
    tree.map(async (one) => ({
      name: known.get(one.pid) || one.comm,
      pid: one.pid,
      seen: await look(one, pid, proc),
    })),
  );
  const open = rows.flatMap(({ name, pid: owner, seen }) =>
    typeof seen === 'string' ? [] : seen.open.map((socket) => ({ name, owner, socket })),
  );
  const hidden = rows.filter(({ seen }) => seen === 'hidden').map(({ name }) => name);
  const wrong = open.filter(({ name, socket }) => !MAY_LISTEN.has(name) || !isLoopback(socket.address));
  return { count: rows.length, open, hidden, wrong };
}

const ownedText = ({
  name,
  owner,
  socket,
}: {
  readonly name: string;
  readonly owner: number;
  readonly socket: OpenSocket;
}): string => `${name} (${owner}) at ${addressText(socket)}`;

const REMEDY =
  'Quit. Start the console without a debugger; if it still listens there, install it again from a source that you trust.';

/** Where anybody could knock: every open socket of this console's processes, with the process that holds it. */
export async function examinePorts(deps: Deps): Promise<Diagnosis> {
  const found = { step: 'ports', title: 'Open ports' } as const;
  if (deps.platform !== 'linux') {
    const evidence = `${deps.platform} does not show a program the sockets of its processes without asking for more rights.`;
    return { ...found, status: 'unknown', evidence, remedy: null };
  }
  const seen = await examineTree(deps).catch(() => null);
  if (!seen)
    return { ...found, status: 'unknown', evidence: '/proc shows no process of ours.', remedy: null };
  const { count, open, hidden, wrong } = seen;
  if (wrong.length > 0) {
    const evidence = `Nobody should listen there: ${wrong.map(ownedText).join('; ')}.`;
    return { ...found, status: 'failed', evidence, remedy: REMEDY };
  }
  const listening = open.length === 0 ? 'none listens' : open.map(ownedText).join('; ');
  if (hidden.length > 0) {
    const evidence = `${listening}. Not readable, and not known to be confined: ${hidden.toSorted().join(', ')}.`;
    return { ...found, status: 'unknown', evidence, remedy: null };
  }
  return {
    ...found,
    status: 'ok',
    evidence: `Of ${count} processes (main, its database, all below them): ${listening}.`,
    remedy: null,
  };
}
