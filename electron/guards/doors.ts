import type { Server, Socket } from 'node:net';

/** Node's own classes: whatever a library builds on, it is these that connect, listen and send. */
interface Doors {
  readonly Socket: { readonly prototype: Pick<Socket, 'connect' | 'destroy'> };
  readonly Server: { readonly prototype: Pick<Server, 'listen'> };
  readonly Datagram: { readonly prototype: object };
}

const closed = (): Error =>
  Object.assign(
    new Error('The air gap is on: this console connects to nothing but this machine’s sockets.'),
    {
      code: 'ENETUNREACH',
    },
  );

/** A path, or a pipe of Windows: it leads to a process of this machine and to no network. */
function isLocal([first]: readonly unknown[]): boolean {
  const [target] = Array.isArray(first) ? first : [first];
  if (typeof target === 'string') return Number.isNaN(Number(target));
  return typeof target === 'object' && target !== null && typeof Reflect.get(target, 'path') === 'string';
}

const DATAGRAMS = ['bind', 'connect', 'send'] as const;

/**
 * Closes every door of this process to a network, for good: no connection, no listener, no datagram. It holds where the system
 * gives no empty namespace, and is no wall against code that wants out; the title therefore says that the system does not enforce it.
 */
export function closeDoors({ Socket, Server, Datagram }: Doors): void {
  const { connect } = Socket.prototype;
  const { listen } = Server.prototype;
  Reflect.set(Socket.prototype, 'connect', function (this: Socket, ...args: unknown[]) {
    return isLocal(args) ? Reflect.apply(connect, this, args) : this.destroy(closed());
  });
  Reflect.set(Server.prototype, 'listen', function (this: Server, ...args: unknown[]) {
    if (!isLocal(args)) throw closed();
    return Reflect.apply(listen, this, args);
  });
  for (const name of DATAGRAMS)
    Reflect.set(Datagram.prototype, name, () => {
      throw closed();
    });
}
