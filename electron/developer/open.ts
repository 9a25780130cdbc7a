import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { enable, initialize } from '@electron/remote/main/index.js';
import { app, BrowserWindow } from 'electron';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import { type DeveloperReport, processRows, readLag } from './report.ts';
import { createTrace } from './trace.ts';

/** Name of the one thing that the window may ask of main. */
const REPORT = 'sallyportDeveloperReport';

const trace = createTrace(() => performance.now());

/** The gate, as it is, with a clock beside it. */
export const watched = trace.watch;

/** How the library asks whether a way of its may be taken; Electron's own types know these events no longer. */
interface Asked {
  on(
    way: `remote-${string}`,
    listener: (event: Electron.Event, contents: unknown, name?: string) => void,
  ): unknown;
}

/** Every way of the library into main is shut but one, for one window. */
function shutOtherWays(asked: Asked): void {
  for (const way of ['require', 'get-builtin', 'get-current-window', 'get-current-web-contents'])
    asked.on(`remote-${way}`, (event) => event.preventDefault());
  asked.on('remote-get-global', (event, _contents, name) => {
    if (name !== REPORT) event.preventDefault();
  });
}

/**
 * Opens the window beside the console. It lives through a lock, because it shows nothing that a lock protects.
 * @param main folder of the built `main.js`
 * @param attest what the console finds out about itself from the outside
 */
export function openDeveloperWindow(main: string, attest: () => Promise<readonly Diagnosis[]>): void {
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const report = async (): Promise<string> => {
    const made: DeveloperReport = {
      processes: processRows(app.getAppMetrics()),
      lag: readLag(lag),
      calls: trace.calls(),
      diagnoses: await attest(),
    };
    return JSON.stringify(made);
  };
  Reflect.set(globalThis, REPORT, report);
  initialize();
  shutOtherWays(app as unknown as Asked);
  const window = new BrowserWindow({
    ...{ width: 900, height: 700, title: 'Sallyport: developer diagnostics', show: false },
    webPreferences: {
      preload: join(main, '..', 'preload', 'developer.cjs'),
      ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, partition: 'developer' },
    },
  });
  enable(window.webContents);
  window.once('ready-to-show', () => window.showInactive());
  window.loadURL('about:blank').catch(() => undefined);
}
