import { BrowserWindow, MessageChannelMain, type MessagePortMain, type Session } from 'electron';
import {
  APP_ORIGIN,
  KEEPER_PORT_TRANSPORT,
  ROLE_ARGUMENT,
  SUBJECT_ARGUMENT,
} from '../../shared/ipc/channels.ts';
import type { TrustedRole } from '../../shared/ipc/trusted.ts';
import { background, PAGE_PREFERENCES } from './window-look.ts';
import { titled } from './window-title.ts';

const SIZES: Readonly<Record<TrustedRole, { width: number; height: number }>> = {
  'first-run': { width: 640, height: 720 },
  unlock: { width: 480, height: 560 },
  card: { width: 640, height: 720 },
  reveal: { width: 640, height: 480 },
  vault: { width: 640, height: 720 },
};

const TITLES: Readonly<Record<TrustedRole, string>> = {
  'first-run': 'Sallyport: first run',
  unlock: 'Sallyport',
  card: 'Sallyport: sign?',
  reveal: 'Sallyport: shown once',
  vault: 'Sallyport: vault',
};

interface Opening {
  readonly role: TrustedRole;
  readonly subject: string | null;
  readonly session: Session;
  readonly preload: string;
  readonly isPractice: boolean;
  /** Said in the title after the window's own, for example why the console locked. */
  readonly addition?: string;
  /** The window it stands above; the application's page can neither draw on it nor observe it. */
  readonly parent?: BrowserWindow;
  /** Joins the keeper to the window. Main keeps neither end. */
  readonly attach: (port: MessagePortMain) => void;
  /** Closed by the user, or its renderer is gone. */
  readonly onClosed: (how: 'user' | 'crashed') => void;
}

const titleOf = ({ role, addition, isPractice }: Opening): string =>
  titled(isPractice, addition ? `${TITLES[role]}: ${addition}` : TITLES[role]);

/**
 * A window in which secrets may be typed and shown. Its content is protected from being captured where the system can do
 * that, and its port is joined to the keeper once, for its first page.
 */
export function openTrustedWindow(opening: Opening) {
  const { role, subject, parent } = opening;
  const window = new BrowserWindow({
    ...SIZES[role],
    title: titleOf(opening),
    show: false,
    resizable: true,
    minimizable: role !== 'card',
    maximizable: false,
    fullscreenable: false,
    backgroundColor: background(),
    autoHideMenuBar: true,
    ...(parent ? { parent, modal: process.platform !== 'darwin' } : {}),
    webPreferences: {
      ...PAGE_PREFERENCES,
      session: opening.session,
      preload: opening.preload,
      additionalArguments: [
        `${ROLE_ARGUMENT}${role}`,
        ...(subject === null ? [] : [`${SUBJECT_ARGUMENT}${subject}`]),
      ],
    },
  });
  let destroyed = false;
  const end = (how: 'user' | 'crashed'): void => {
    if (destroyed) return;
    destroyed = true;
    if (!window.isDestroyed()) window.destroy();
    opening.onClosed(how);
  };
  window.setContentProtection(true);
  window.on('page-title-updated', (event) => event.preventDefault());
  window.once('ready-to-show', () => window.show());
  window.webContents.once('dom-ready', () => {
    const { port1, port2 } = new MessageChannelMain();
    window.webContents.postMessage(KEEPER_PORT_TRANSPORT, null, [port1]);
    opening.attach(port2);
  });
  window.on('closed', () => end('user'));
  window.webContents.on('render-process-gone', () => end('crashed'));
  window.loadURL(`${APP_ORIGIN}/trusted.html`).catch(() => end('crashed'));
  return {
    role,
    subject,
    focus(): void {
      if (!window.isDestroyed()) window.focus();
    },
    /** Without telling anybody: whoever asks for it knows. */
    destroy(): void {
      destroyed = true;
      if (!window.isDestroyed()) window.destroy();
    },
  };
}
export type TrustedWindow = ReturnType<typeof openTrustedWindow>;
