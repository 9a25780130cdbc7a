import { statSync } from 'node:fs';
import { Socket } from 'node:net';
import { z } from 'zod';
import { type FromProcess, fromProcess, type KeysOf } from '../../../shared/service/launch.ts';
import type { Child } from '../../../shared/service/process-runner.ts';
import { ConfigError } from '../config.ts';

/**
 * The launcher's end of the warden (build/session/scans-warden.mjs), which runs the resolver as a system user of its own. What
 * comes from it is as trustworthy as the resolver itself: whoever takes one over has the other.
 */
const n = z.number().int();
const fromWarden = z.discriminatedUnion('is', [
  z.object({ is: z.literal('here'), pid: n, user: z.string(), sockets: z.string() }),
  z.object({ is: z.literal('forked'), n, pid: n }),
  z.object({ is: z.literal('said'), n, message: fromProcess }),
  z.object({ is: z.literal('gone'), n }),
]);
type Here = Extract<z.infer<typeof fromWarden>, { is: 'here' }>;

/** More than any message of ours: whoever sends on and on is not listened to. */
const LONGEST_LINE = 64 * 1024;
/** It answers as soon as Node runs. */
const MEETING_MS = 20_000;
/** What a kill takes, and word of it; whoever keeps it back wants us to wait for ever. */
const KILL_MS = 5_000;

/** Trying again cannot help: only root makes a warden. A start that cannot be completed ends by that. */
const GONE: FromProcess = {
  ...{ type: 'failed', code: 'settings-invalid' },
  message:
    'What runs the scan plane as its own system user has ended, and it is run as no other. Start the service anew.',
};

export interface ScansWarden {
  /** Its system user, when that is another one than ours. */
  readonly user: string | null;
  /** Where the database must listen for it. */
  readonly sockets: string;
  fork(keys: KeysOf<'resolver'>): Child;
}

/** What the system says, not the process itself. */
function isAnother(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  return statSync(`/proc/${pid}`).uid !== process.getuid?.();
}

interface Listeners {
  pid: number | null;
  message: (message: FromProcess) => void;
  exit: () => void;
}

class Line {
  readonly #socket: Socket;
  readonly #children = new Map<number, Listeners>();
  readonly #met: (here: Here) => void;
  #last = 0;
  #rest = '';
  #open = true;

  constructor(socket: Socket, met: (here: Here) => void, lost: () => void) {
    this.#met = met;
    this.#socket = socket;
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text: string) => this.#read(text));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#lose();
      lost();
    });
    this.#say({ do: 'meet' });
  }

  close(): void {
    this.#socket.destroy();
  }

  fork(keys: KeysOf<'resolver'>): Child {
    this.#last += 1;
    const own = this.#last;
    const listeners: Listeners = { pid: null, message: () => undefined, exit: () => undefined };
    this.#children.set(own, listeners);
    if (this.#open) this.#say({ do: 'fork', n: own });
    // Whoever forks listens from now on.
    else setImmediate(() => this.#end(own, GONE));
    return {
      pid: () => listeners.pid,
      send: (message) => this.#say({ do: 'send', n: own, message }),
      sendKeys: () => this.#say({ do: 'send', n: own, message: { type: 'keys', keys } }),
      onMessage: (listener) => {
        listeners.message = listener;
      },
      onExit: (listener) => {
        listeners.exit = listener;
      },
      kill: () => this.#kill(own),
    };
  }

  /** Only word of its end is one. A warden that does not give it is left, and it ends with us gone: so is the resolver. */
  #kill(own: number): void {
    if (!this.#children.has(own)) return;
    this.#say({ do: 'kill', n: own });
    setTimeout(() => this.#children.has(own) && this.close(), KILL_MS);
  }

  #say(order: object): void {
    if (this.#open) this.#socket.write(`${JSON.stringify(order)}\n`);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#hear(line);
    if (this.#rest.length > LONGEST_LINE) this.close();
  }

  #hear(line: string): void {
    const { success, data } = fromWarden.safeParse(parsed(line));
    // As of any process: what is not understood is dropped.
    if (!success) return;
    if (data.is === 'here') this.#met(data);
    else if (data.is === 'gone') this.#end(data.n);
    else {
      const child = this.#children.get(data.n);
      if (child && data.is === 'forked') child.pid = data.pid;
      if (child && data.is === 'said') child.message(data.message);
    }
  }

  #end(own: number, last?: FromProcess): void {
    const child = this.#children.get(own);
    this.#children.delete(own);
    if (last) child?.message(last);
    child?.exit();
  }

  #lose(): void {
    this.#open = false;
    for (const own of [...this.#children.keys()]) this.#end(own, GONE);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const nobody = (fd: number, cause?: unknown): ConfigError =>
  new ConfigError(
    `Nobody runs the scan plane at descriptor ${fd}. --scans-warden is given by \`npm run service\` itself, when root starts it.`,
    { cause },
  );

/** @throws ConfigError when nobody answers */
export function meetWarden(socket: Socket, fd: number): Promise<ScansWarden> {
  return new Promise((resolve, reject) => {
    const met = ({ pid, user, sockets }: Here): void => {
      clearTimeout(patience);
      resolve({ user: isAnother(pid) ? user : null, sockets, fork: (keys) => line.fork(keys) });
    };
    const lost = () => {
      clearTimeout(patience);
      reject(nobody(fd));
    };
    const line = new Line(socket, met, lost);
    const patience = setTimeout(() => line.close(), MEETING_MS);
  });
}

/** Meets the warden that root has started beside us. @throws ConfigError when nobody is there */
export async function openScansWarden(fd: number): Promise<ScansWarden> {
  let socket: Socket;
  try {
    socket = new Socket({ fd, readable: true, writable: true });
  } catch (cause) {
    throw nobody(fd, cause);
  }
  return meetWarden(socket, fd);
}
