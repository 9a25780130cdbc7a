import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  APP_CHANNELS,
  APP_ORIGIN,
  CALL_TRANSPORT,
  DROP_CHANNEL,
  STREAM_PORT_MESSAGE,
  STREAM_PORT_TRANSPORT,
} from '../../shared/ipc/channels.ts';

/**
 * The whole surface of the application's page: one method, for the channels that have a contract. The page is
 * attacker-controlled in our threat model; what it sends is validated by the gate in main, not here.
 */
const channels = new Set<string>(APP_CHANNELS);

/** Only a file that the system handed over has a path: one that a page made has none, and nothing else is a file. */
function pathOf(file: unknown): string {
  try {
    return webUtils.getPathForFile(file as File);
  } catch {
    return '';
  }
}

contextBridge.exposeInMainWorld(
  'sallyport',
  Object.freeze({
    call(channel: unknown, payload?: unknown): Promise<unknown> {
      if (typeof channel !== 'string' || !channels.has(channel))
        return Promise.reject(new TypeError('no such channel'));
      const sent = channel === DROP_CHANNEL ? { path: pathOf(payload) } : payload;
      return ipcRenderer.invoke(CALL_TRANSPORT, channel, sent);
    },
  }),
);

ipcRenderer.on(STREAM_PORT_TRANSPORT, (event) => {
  // A MessagePort cannot cross the context bridge; a window message is the way Electron documents.
  if (window.location.origin === APP_ORIGIN)
    window.postMessage({ type: STREAM_PORT_MESSAGE }, APP_ORIGIN, [...event.ports]);
});
