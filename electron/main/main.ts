import { join, resolve } from 'node:path';
import { app, protocol } from 'electron';
import { openDeveloperWindow } from '../developer/open.ts';
import { guardContents } from '../guards/contents.ts';
import { CHROMIUM_SWITCHES } from '../guards/network.ts';
import { isDebuggable, refusedStart } from '../guards/switches.ts';
import { whereOf } from '../ipc/gate.ts';
import { leaveForAirGap, settleAirGap } from './air-gap.ts';
import { Console } from './console.ts';
import { type DataFolders, prepareDataFolders } from './data-folder.ts';
import { leaveAtOnce, leaveOnDefects, leaveWith } from './leave.ts';
import { LINK_SCHEME, linkIn } from './links.ts';
import { type Log, openLog } from './log.ts';
import { PRIVILEGED_SCHEME } from './page-server.ts';
import { builtPaths } from './paths.ts';
import { isPracticeFolder } from './practice-folder.ts';
import { thisApp } from './runtime.ts';
import { outerChecks } from './self-checks.ts';

const ALREADY_OPEN = 'Sallyport is open already with this data folder; its window was brought to the front.';

/** The data folder: from the command line, the environment, or the system's place for it. */
function dataRoot(): string {
  const given = app.commandLine.getSwitchValue('user-data-dir') || process.env.SALLYPORT_USER_DATA;
  return given ? resolve(given) : app.getPath('userData');
}

/** Order matters: walls, then data, then the lock against a second console, then anything that opens a file of ours. */
function main(): void {
  // Every file and folder that this process or Chromium makes is this user's alone.
  process.umask(0o077);
  app.setName('Sallyport');
  const debuggable = isDebuggable(app.isPackaged);
  const refused = refusedStart({ argv: process.argv, env: process.env, debuggable });
  if (refused) {
    leaveAtOnce(refused, 1);
    return;
  }
  if (leaveForAirGap()) return;
  app.enableSandbox();
  for (const [name, value] of CHROMIUM_SWITCHES) app.commandLine.appendSwitch(name, value);
  protocol.registerSchemesAsPrivileged([PRIVILEGED_SCHEME]);

  const opened = openFolders(dataRoot());
  if (!opened) return;
  const { folders } = opened;
  const log = openLog(join(folders.logs, 'main.log'), () => new Date());
  leaveOnDefects((where) => log.error({ defect: where }), whereOf);
  guardContents(app, (event) => log.warn(event));
  run(opened, log);
}

interface OpenedFolders {
  readonly folders: DataFolders;
  readonly isPractice: boolean;
}

function openFolders(root: string): OpenedFolders | null {
  try {
    const opened = { folders: prepareDataFolders(root), isPractice: isPracticeFolder(root) };
    app.setPath('userData', root);
    app.setPath('sessionData', join(root, 'chromium'));
    if (app.requestSingleInstanceLock()) return opened;
    process.stderr.write(`${ALREADY_OPEN}\n`);
    app.exit(0);
  } catch (error) {
    leaveWith(error instanceof Error ? error.message : String(error), 1);
  }
  return null;
}

function run({ folders, isPractice }: OpenedFolders, log: Log): void {
  const info = () => thisApp(app.isPackaged, isPractice);
  let opened: Console | null = null;
  let closing = false;
  let link = linkIn(process.argv);
  // Only what is installed may claim the scheme: a copy that is being developed would take it from the real one, as practice would.
  if (app.isPackaged && !isPractice) app.setAsDefaultProtocolClient(LINK_SCHEME);
  // `whenReady` is never awaited at the top level: an ESM main module would wait for itself.
  app.whenReady().then(async () => {
    log.info({
      start: { electron: process.versions.electron, packaged: app.isPackaged, practice: isPractice },
    });
    const { state: airGap, network } = await settleAirGap();
    if (airGap !== 'off') log.info({ airGap, network });
    const paths = builtPaths(import.meta.dirname);
    opened = await Console.open({ folders, paths, log, airGap, isPractice, info });
    openDeveloperWindow(import.meta.dirname, outerChecks(info, folders.root));
    if (link) opened.follow(link);
  });
  const follow = (next: string | null): void => {
    if (next === null) opened?.focus();
    else if (opened) opened.follow(next);
    else link = next;
  };
  app.on('second-instance', (_event, argv) => follow(linkIn(argv)));
  // How macOS hands a link over, also before the console is ready.
  app.on('open-url', (event, url) => {
    event.preventDefault();
    follow(url);
  });
  // Windows come and go with the lock; the lifecycle decides when the console ends.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    const closed = opened?.close() ?? Promise.resolve();
    closed
      .catch((error: unknown) => log.error({ close: whereOf(error) }))
      .finally(() => {
        log.info({ end: 'clean' });
        log.close();
        app.exit(0);
      });
  });
}

main();
