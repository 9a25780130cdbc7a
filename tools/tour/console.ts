import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright';
import { Windows } from './windows.ts';

export interface ConsoleOrder {
  /** Electron's executable. */
  readonly electron: string;
  /** Built main script of the console. */
  readonly app: string;
  readonly userData: string;
}

export interface RunningConsole extends AsyncDisposable {
  readonly application: ElectronApplication;
  readonly windows: Windows;
  /** What its processes wrote. */
  log(): string;
}

/** A data folder of the run's own: pictures of 1280 x 800, and a port that the system picks. */
export function disposableData(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-'));
  const bounds = { x: 0, y: 0, width: 1280, height: 800 };
  writeFileSync(join(path, 'settings.json'), JSON.stringify({ apiPort: 0, idleMinutes: 60, bounds }));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the console as it is, with its sandbox, under Playwright. */
export async function openConsole({ electron, app, userData }: ConsoleOrder): Promise<RunningConsole> {
  const application = await _electron.launch({
    executablePath: electron,
    args: [app, `--user-data-dir=${userData}`],
    chromiumSandbox: true,
    // Dark first; the tour turns to light by the console's own setting.
    colorScheme: 'dark',
    timeout: 30_000,
  });
  const heard: string[] = [];
  for (const stream of [application.process().stdout, application.process().stderr])
    stream?.setEncoding('utf8').on('data', (words: string) => heard.push(words));
  return {
    application,
    windows: new Windows(application),
    log: () => heard.join(''),
    [Symbol.asyncDispose]: () => application.close(),
  };
}
