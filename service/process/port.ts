import { type FromProcess, type ToProcess, toProcess } from '../../shared/service/launch.ts';

/** What arrives; a `keys-port` message carries the port on which the keeper sends the keys. */
export interface Arrival {
  readonly message: ToProcess;
  readonly keysPort: KeysPort | undefined;
}

/** The parent's end, under plain Node (child_process) or Electron (utilityProcess). */
export interface ProcessPort {
  /** Resolves when the message has left. */
  send(message: FromProcess): Promise<void>;
  onArrival(listener: (arrival: Arrival) => void): void;
  /** The parent is gone, however it went. */
  onParentGone(listener: () => void): void;
}

/** The side of Electron's MessagePortMain that we need; no Electron import, since plain Node runs this too. */
export interface KeysPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: KeysPort[] }) => void): unknown;
  postMessage(message: unknown): void;
}

/** The part of `process` that leads to the parent. */
export interface ChildProcessSide {
  readonly parentPort?: ParentPort;
  readonly send?: (message: unknown, callback: (error: Error | null) => void) => boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** A parent and a child of different versions may not understand each other; what is not understood is dropped. */
function deliver(listener: (arrival: Arrival) => void, data: unknown, keysPort: KeysPort | undefined): void {
  const parsed = toProcess.safeParse(data);
  if (parsed.success) listener({ message: parsed.data, keysPort });
}

const electronPort = (parent: ParentPort): ProcessPort => ({
  send: async (message) => parent.postMessage(message),
  onArrival: (listener) => {
    parent.on('message', ({ data, ports }) => deliver(listener, data, ports[0]));
  },
  // Electron ends its utility processes itself; PostgreSQL is adopted at the next start.
  onParentGone: () => undefined,
});

const nodePort = (side: ChildProcessSide, send: NonNullable<ChildProcessSide['send']>): ProcessPort => ({
  send: (message) =>
    new Promise((resolve) => {
      // A parent that is gone cannot be told; its absence is noticed by `disconnect`.
      send.call(side, message, () => resolve());
    }),
  onArrival: (listener) => {
    side.on('message', (data) => deliver(listener, data, undefined));
  },
  onParentGone: (listener) => {
    side.on('disconnect', listener);
  },
});

/** @returns `undefined` when this process was not started by the launcher or the console */
export function openProcessPort(side: ChildProcessSide): ProcessPort | undefined {
  if (side.parentPort) return electronPort(side.parentPort);
  return side.send ? nodePort(side, side.send) : undefined;
}
