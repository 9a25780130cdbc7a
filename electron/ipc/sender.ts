import { APP_ORIGIN } from '../../shared/ipc/channels.ts';

/** The few facts about a caller that Electron vouches for; nothing here comes from the page. */
export interface Caller {
  /** `webContents.id`. */
  readonly contentsId: number;
  /** Null when the frame is gone by the time its message is read. */
  readonly frame: { readonly url: string; readonly isMain: boolean } | null;
}

/** Exactly our own origin: same scheme, same host, no user, no port. A URL that cannot be read is not ours. */
export function isOurPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password, port } = new URL(url);
  // Not `origin`: outside a registered scheme it is the string "null" for every URL alike.
  return `${protocol}//${host}` === APP_ORIGIN && username === '' && password === '' && port === '';
}

/** Whether the call comes from the main frame of the application's own window, on our own origin. Fails closed. */
export const isTrustworthy = (caller: Caller, appContentsId: number | null): boolean =>
  appContentsId !== null &&
  caller.contentsId === appContentsId &&
  caller.frame?.isMain === true &&
  isOurPage(caller.frame.url);
