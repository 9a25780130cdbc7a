import { BrowserWindow, type MessagePortMain, type Session } from 'electron';
import { APP_ORIGIN, STREAM_PORT_TRANSPORT } from '../../shared/ipc/channels.ts';
import type { Bounds } from './settings-file.ts';
import { background, PAGE_PREFERENCES } from './window-look.ts';

const DEFAULT_SIZE = { width: 1440, height: 900 };

interface Opening {
  readonly session: Session;
  readonly preload: string;
  readonly bounds: Bounds | null;
  readonly title: string;
  readonly onBounds: (bounds: Bounds) => void;
  /** It came to the front. */
  readonly onFocus: () => void;
  /** Its renderer process is gone without our doing. */
  readonly onRendererGone: (reason: string) => void;
  readonly onClosedByUser: () => void;
}

/** The window of the application's page. Destroyed on lock, so that what its renderer held is gone with the process. */
export function openAppWindow(opening: Opening) {
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...(opening.bounds ?? {}),
    minWidth: 960,
    minHeight: 600,
    title: opening.title,
    show: false,
    backgroundColor: background(),
    autoHideMenuBar: true,
    webPreferences: { ...PAGE_PREFERENCES, session: opening.session, preload: opening.preload },
  });
  let destroyed = false;
  window.on('page-title-updated', (event) => event.preventDefault());
  window.once('ready-to-show', () => window.show());
  window.on('focus', opening.onFocus);
  window.on('close', () => {
    if (!window.isMinimized() && !window.isFullScreen()) opening.onBounds(window.getNormalBounds());
  });
  window.on('closed', () => {
    if (!destroyed) opening.onClosedByUser();
    destroyed = true;
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (!destroyed) opening.onRendererGone(reason);
  });
  // A page that fails to load leaves an empty window; its renderer is replaced like one that crashed.
  window.loadURL(`${APP_ORIGIN}/index.html`).catch(() => {
    if (!destroyed) opening.onRendererGone('load-failed');
  });
  return {
    contentsId: (): number => window.webContents.id,
    rendererPid: (): number => window.webContents.getOSProcessId(),
    focus(): void {
      if (window.isMinimized()) window.restore();
      window.focus();
    },
    /** Loads the page anew: what it held in memory is gone. */
    renew: (): void => window.webContents.reload(),
    /** The service still says how it stops after the window was closed. */
    setTitle(title: string): void {
      if (!destroyed) window.setTitle(title);
    },
    handStreamPort: (port: MessagePortMain): void =>
      window.webContents.postMessage(STREAM_PORT_TRANSPORT, null, [port]),
    destroy(): void {
      if (destroyed) return;
      destroyed = true;
      if (!window.isMinimized() && !window.isFullScreen()) opening.onBounds(window.getNormalBounds());
      window.destroy();
    },
    /** What a modal trusted window is shown above. */
    native: window,
  };
}
export type AppWindow = ReturnType<typeof openAppWindow>;
