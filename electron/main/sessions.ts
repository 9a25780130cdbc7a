import { type Session, session } from 'electron';
import { APP_SCHEME } from '../../shared/ipc/channels.ts';
import { cutNetwork } from '../guards/network.ts';
import { denyPermissions } from '../guards/permissions.ts';
import { listPages, servePages } from './page-server.ts';

export interface Sessions {
  readonly app: Session;
  readonly trusted: Session;
}

/** In memory only (no `persist:`), one for each kind of page, so that neither shares a cache, a store or a worker. */
async function openSession(partition: string, pages: string, entry: string): Promise<Session> {
  const made = session.fromPartition(partition, { cache: false });
  denyPermissions(made);
  made.protocol.handle(APP_SCHEME, servePages(listPages(pages, entry)));
  await cutNetwork(made);
  return made;
}

/** The two sessions of the console, and Chromium's default one shut as well although no page uses it. */
export async function openSessions(pages: string): Promise<Sessions> {
  denyPermissions(session.defaultSession);
  const [app, trusted] = await Promise.all([
    openSession('sallyport-app', pages, 'index.html'),
    openSession('sallyport-trusted', pages, 'trusted.html'),
    cutNetwork(session.defaultSession),
  ]);
  return { app, trusted };
}
