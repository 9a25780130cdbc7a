import { connect, type Socket } from 'node:net';
import type { KeeperToMain, WireEvent } from '../keeper/protocol.ts';
import type { KeeperProcess } from './keeper-link.ts';

type Asked = Extract<KeeperToMain, { type: 'wire' }>;

/** The only hosts that the keeper may be carried to; TLS in the keeper proves who answers there. */
const HOST = /^secretsmanager\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?$/;
const PORT = 443;
const SILENT_MS = 20_000;
/** A secret has 64 KiB at most; a few answers of that size, and then it is something else. */
const MAX_BYTES = 1024 * 1024;

interface Deps {
  /** Why nothing may leave this machine; null when it may. */
  readonly closed: () => string | null;
  readonly dial?: (host: string) => Socket;
}

const UNREACHABLE = 'the host cannot be reached';

/** Carries the keeper's connections as bytes that main cannot read, to the hosts of one list and nowhere else. */
function carrier(
  { closed, dial = (host) => connect(PORT, host) }: Deps,
  post: (id: string, event: WireEvent) => void,
) {
  const sockets = new Map<string, Socket>();

  const end = (id: string, why: string | null): void => {
    const socket = sockets.get(id);
    if (!socket || !sockets.delete(id)) return;
    socket.destroy();
    post(id, { event: 'end', why });
  };

  const open = (id: string, host: string): void => {
    const why = HOST.test(host) ? closed() : 'main carries nothing to that host';
    if (why !== null || sockets.has(id)) {
      post(id, { event: 'end', why: why ?? UNREACHABLE });
      return;
    }
    const socket = dial(host);
    let bytes = 0;
    sockets.set(id, socket);
    socket.setTimeout(SILENT_MS, () => end(id, UNREACHABLE));
    socket.on('data', (part) => {
      bytes += part.length;
      if (bytes > MAX_BYTES) end(id, 'the host sent more than a secret has');
      else post(id, { event: 'bytes', bytes: part });
    });
    socket.on('error', () => end(id, UNREACHABLE));
    socket.on('close', () => end(id, null));
  };

  return {
    handle(message: Asked): void {
      if (message.event === 'open') open(message.id, message.host);
      else if (message.event === 'bytes') sockets.get(message.id)?.write(message.bytes);
      else end(message.id, message.why);
    },
    close: (): void => {
      for (const socket of sockets.values()) socket.destroy();
      sockets.clear();
    },
  };
}

/** The keeper's process with its connections carried: what is asked for them goes no further than here, and ends with it. */
export function joinWires(process: KeeperProcess, deps: Deps): KeeperProcess {
  const carried = carrier(deps, (id, event) => process.post({ type: 'wire', id, ...event }));
  process.onExit(carried.close);
  return {
    get pid() {
      return process.pid;
    },
    post: (message, ports) => process.post(message, ports),
    onMessage: (listener) =>
      process.onMessage((message) => {
        if (message.type === 'wire') carried.handle(message);
        else listener(message);
      }),
    onExit: (listener) => process.onExit(listener),
    kill: () => {
      carried.close();
      process.kill();
    },
  };
}
