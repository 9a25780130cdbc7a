import { contextBridge, ipcRenderer } from 'electron';
import { KEEPER_PORT_TRANSPORT, ROLE_ARGUMENT, SUBJECT_ARGUMENT } from '../../shared/ipc/channels.ts';

/**
 * The surface of a trusted window: what it is for, and its port to the keeper. Main carries the port and never sees a
 * message. The page reads the port through two functions, so that the port itself stays out of its reach.
 */
const argument = (name: string): string | null =>
  process.argv.find((value) => value.startsWith(name))?.slice(name.length) ?? null;

let port: MessagePort | null = null;
let listener: ((message: unknown) => void) | null = null;
/** Until both ends exist, nothing said by either is lost. */
const outgoing: unknown[] = [];
const incoming: unknown[] = [];

ipcRenderer.on(KEEPER_PORT_TRANSPORT, (event) => {
  const [given] = event.ports;
  if (!given || port) return;
  port = given;
  port.onmessage = ({ data }) => (listener ? listener(data) : incoming.push(data));
  for (const message of outgoing.splice(0)) port.postMessage(message);
});

contextBridge.exposeInMainWorld(
  'trusted',
  Object.freeze({
    role: argument(ROLE_ARGUMENT),
    subject: argument(SUBJECT_ARGUMENT),
    send(message: unknown): void {
      if (port) port.postMessage(message);
      else outgoing.push(message);
    },
    onMessage(callback: (message: unknown) => void): void {
      listener = callback;
      for (const message of incoming.splice(0)) callback(message);
    },
  }),
);
