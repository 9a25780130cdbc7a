import type { WebPreferences } from 'electron';

/** The dark ground of `renderer/ui/tokens.css`, so that no window flashes white before its page is drawn. */
export const BACKGROUND = '#0e1114';

/** Every page of the console: sandboxed, isolated, without Node, without developer tools, without plug-ins. */
export const PAGE_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  navigateOnDragDrop: false,
  spellcheck: false,
  plugins: false,
  devTools: false,
  disableDialogs: true,
  enableWebSQL: false,
} as const satisfies WebPreferences;
