import { createRequire } from 'node:module';
import { join } from 'node:path';
import { app } from 'electron';
import { APP_ORIGIN } from '../../shared/ipc/channels.ts';
import { consoleCheckOf } from '../diagnostics/console-check.ts';
import { type Examined, examine, examineInner } from '../diagnostics/examine.ts';
import type { ConsoleProcess } from '../diagnostics/processes.ts';
import { dataFolders } from './data-folder.ts';
import type { KeeperLink } from './keeper-link.ts';
import type { Sessions } from './sessions.ts';
import { updateChannel } from './updates.ts';

interface Deps extends Pick<Examined, 'info' | 'vaultStatus' | 'rendererPid'> {
  readonly keeper: () => Pick<KeeperLink, 'askVault'> | null;
  /** Null where nobody may ask their doors. */
  readonly sessions: () => Sessions | null;
  /** The data folder. */
  readonly root: () => string;
}

/** What a page that loads its start page would get, from the handler, the filter and the session that it would get it from. */
const doorsOf = (sessions: Sessions | null): Examined['doors'] =>
  Object.fromEntries(
    Object.entries(sessions ?? {}).map(([name, session]: [string, Electron.Session]) => [
      name === 'app' ? 'application' : name,
      async () => {
        const { status, headers } = await session.fetch(`${APP_ORIGIN}/`);
        return { status, policy: headers.get('content-security-policy') };
      },
    ]),
  );

const processes = (): ConsoleProcess[] =>
  app.getAppMetrics().map(({ pid, type, name, sandboxed }) => ({ pid, type, name: name || type, sandboxed }));

/** Electron's own `fs` shows an archive as a folder; this one shows the file that it is. */
function readArchive(): AsyncIterable<Uint8Array> {
  const files = createRequire(import.meta.url)('original-fs') as typeof import('node:fs');
  return files.createReadStream(join(process.resourcesPath, 'app.asar'));
}

/** What this console finds out about itself: for its own screen, and for its service. */
export function selfChecks({ info, vaultStatus, rendererPid, keeper, sessions, root }: Deps) {
  const examined = (): Examined => ({
    ...{ info, vaultStatus, rendererPid, processes, readArchive },
    attackKeychain: async () => (await keeper()?.askVault('keychain')) ?? null,
    doors: doorsOf(sessions()),
    updates: updateChannel(root()),
    cluster: join(dataFolders(root()).service, 'postgres'),
    ...{ executable: process.execPath, pid: process.pid, now: Date.now },
  });
  const check = consoleCheckOf({
    examine: () => examineInner(examined())(),
    packaged: () => info().packaged,
    now: () => performance.now(),
  });
  return { examine: () => examine(examined())(), check };
}

/** The same for a developer's window, which lives through a lock: it asks no vault, no keeper and no door. */
export const outerChecks = (info: Examined['info'], root: string) =>
  selfChecks({
    info,
    vaultStatus: () => null,
    rendererPid: () => processes().find(({ type }) => type === 'Tab')?.pid ?? null,
    keeper: () => null,
    sessions: () => null,
    root: () => root,
  }).examine;
