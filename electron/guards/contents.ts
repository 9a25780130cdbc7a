import { type App, shell, type WebContents } from 'electron';
import { openOutside, PAGE_HOSTS } from './external.ts';

type Note = (event: { readonly guard: string; readonly refused: string }) => void;

/**
 * Every page that ever comes to be, also one that we did not mean to create: it stays where it was loaded, opens no window,
 * attaches no view and picks no device.
 */
export function guardContents(app: Pick<App, 'on'>, log: Note): void {
  app.on('web-contents-created', (_event, contents) => guardOne(contents, log));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('login', (event, _contents, _details, _info, answer) => {
    event.preventDefault();
    answer();
  });
  app.on('select-client-certificate', (event) => event.preventDefault());
}

function guardOne(contents: WebContents, log: Note): void {
  const refuse = (guard: string, url: string) => log({ guard, refused: originOf(url) });
  contents.on('will-navigate', (event) => {
    event.preventDefault();
    refuse('navigate', event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault();
    refuse('frame-navigate', event.url);
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault();
    refuse('redirect', event.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    refuse('webview', 'webview:');
  });
  contents.on('select-bluetooth-device', (event, _devices, answer) => {
    event.preventDefault();
    answer('');
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (!openOutside(url, PAGE_HOSTS, (allowed) => shell.openExternal(allowed))) refuse('window-open', url);
    return { action: 'deny' };
  });
  // Data channels would carry bytes out by UDP, beside every request filter.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}

/** What the log may keep of an attacker-controlled URL: scheme and host, never path or query. */
function originOf(url: string): string {
  if (!URL.canParse(url)) return '(no url)';
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`.slice(0, 100);
}
