import { join } from 'node:path';
import { type MessagePortMain, utilityProcess } from 'electron';
import { childEnvironment } from '../backend/child.ts';
import { openRotatingFile, type RotatingFile } from '../backend/rotating-file.ts';
import type { KeeperToMain } from '../keeper/protocol.ts';
import type { Ground } from './ground.ts';
import { createKeeperLink, type KeeperEvents, type KeeperProcess } from './keeper-link.ts';
import { closedOf } from './practice-desk.ts';
import { joinWires } from './wires.ts';

/** The keychain answers on the session bus, so the keeper alone is told where that is. */
const BUS = ['DBUS_SESSION_BUS_ADDRESS', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME'] as const;

/** Forks the keeper: no socket, no inherited secret, and killed rather than asked when it must forget. */
export const forkKeeper = (entry: string, log: RotatingFile, closed: () => string | null): KeeperProcess =>
  joinWires(forkBare(entry, log), { closed });

/** The keepers of this console, one after the other. */
export function keepersOf(ground: Ground, openPractice: () => void) {
  const log = openRotatingFile(join(ground.folders.logs, 'keeper.log'));
  const closed = () => closedOf(ground);
  return (events: KeeperEvents) =>
    createKeeperLink(
      forkKeeper(ground.paths.keeper, log, closed),
      { ...events, openPractice },
      ground.isPractice,
    );
}

function forkBare(entry: string, log: RotatingFile): KeeperProcess {
  const bus = Object.fromEntries(
    BUS.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = utilityProcess.fork(entry, [], {
    serviceName: 'Sallyport keeper',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...childEnvironment(process.env), ...bus },
  });
  child.stdout?.on('data', (bytes: Buffer) => log.write(bytes));
  child.stderr?.on('data', (bytes: Buffer) => log.write(bytes));
  return {
    get pid() {
      return child.pid;
    },
    post: (message, ports = []) => child.postMessage(message, [...ports] as MessagePortMain[]),
    onMessage: (listener) => {
      child.on('message', (message: KeeperToMain) => listener(message));
    },
    onExit: (listener) => {
      child.once('exit', listener);
    },
    kill: () => {
      if (child.pid === undefined) {
        // It has not been spawned yet: the signal waits for the moment it is.
        child.once('spawn', () => child.kill());
        return;
      }
      try {
        process.kill(child.pid, 'SIGKILL');
      } catch {
        // It ended between our look and the signal.
      }
    },
  };
}
