import { randomUUID } from 'node:crypto';
import { Duplex } from 'node:stream';
import type { Dial } from '../custody/aws-store.ts';
import type { KeeperToMain, MainToKeeper } from './protocol.ts';

type Arrived = Extract<MainToKeeper, { type: 'wire' }>;

/** Connections that main carries, as streams: this process speaks TLS through them and opens no socket of its own. */
export class Wires {
  readonly #tell: (message: KeeperToMain) => void;
  readonly #open = new Map<string, Duplex>();

  constructor(tell: (message: KeeperToMain) => void) {
    this.#tell = tell;
  }

  readonly dial: Dial = (host) => {
    const id = randomUUID();
    const wire = new Duplex({
      allowHalfOpen: false,
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        this.#tell({ type: 'wire', id, event: 'bytes', bytes: Uint8Array.from(bytes) });
        done();
      },
      destroy: (error, done) => {
        if (this.#open.delete(id)) this.#tell({ type: 'wire', id, event: 'end', why: null });
        done(error);
      },
    });
    this.#open.set(id, wire);
    this.#tell({ type: 'wire', id, event: 'open', host });
    return wire;
  };

  /** What arrives for a connection that is gone is nobody's. */
  handle(message: Arrived): void {
    const wire = this.#open.get(message.id);
    if (!wire) return;
    if (message.event === 'bytes') wire.push(message.bytes);
    else if (message.why === null) wire.push(null);
    else {
      this.#open.delete(message.id);
      wire.destroy(new Error(message.why));
    }
  }
}
