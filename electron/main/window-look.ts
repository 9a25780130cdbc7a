import { nativeTheme, type WebPreferences } from 'electron';

/** `--canvas` of `renderer/ui/tokens.css` in both themes, so that no window flashes before its page is drawn. */
export const background = (): string => (nativeTheme.shouldUseDarkColors ? '#0e1114' : '#f4f5f7');

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
