import type { MessageEvent, MessagePortMain, ParentPort } from 'electron';
import type { Port } from './port.ts';
import { openSystemVault } from './production.ts';
import type { KeeperToMain } from './protocol.ts';
import { KeeperSession } from './session.ts';

/**
 * Entry of the keeper process: vault, signer and the trusted windows' ports behind one port to main. It opens no socket, writes
 * nothing outside the vault's directory, and prints nothing.
 */
const parent: ParentPort = process.parentPort;
const tell = (message: KeeperToMain): void => parent.postMessage(message);

function portOf(channel: MessagePortMain): Port {
  return {
    send: (message) => channel.postMessage(message),
    onMessage: (listener) => {
      channel.on('message', ({ data }) => listener(data));
      channel.start();
    },
    onClose: (listener) => void channel.on('close', listener),
    close: () => channel.close(),
  };
}

/** Says that it ends, and nothing of why: an error's text may quote what it was working on. */
function end(error: unknown): void {
  const kind = error instanceof Error ? error.name : typeof error;
  tell({
    type: 'fatal',
    message: `The vault’s process stopped after an internal error (${kind}). Unlock again.`,
  });
  setImmediate(() => process.exit(1));
}

process.umask(0o077);
process.on('uncaughtException', end);
process.on('unhandledRejection', end);

const session = new KeeperSession({
  tell,
  clock: { now: () => new Date() },
  openVault: openSystemVault,
  fatal: end,
});

parent.on('message', ({ data, ports }: MessageEvent) => session.handle(data, ports.map(portOf)));
