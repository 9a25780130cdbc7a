import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { expect, test } from 'playwright/test';
import type { TrustedRole } from '../../../shared/ipc/trusted.ts';
import { pidsBelow } from './processes.ts';

/** Enough of a log to see the cause; the whole would drown it. */
const LOG_TAIL = 40_000;
const ACCOUNT_TAIL = 1500;
/** A page at work answers in milliseconds; one whose process is going away may never do. */
const ANSWER_MS = 3_000;

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests with npm test -- --only e2e`);
  return value;
};

/** The longest that a console waits for somebody. */
const AWAKE_MINUTES = 240;

/**
 * Nobody touches the display of a run, which is one for all of its tests: ten minutes after its start every console would lock itself,
 * in the middle of whatever was tested.
 */
export function stayAwake(folder: string): void {
  const path = join(folder, 'settings.json');
  const former: object = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  writeFileSync(path, JSON.stringify({ ...former, idleMinutes: AWAKE_MINUTES }), { mode: 0o600 });
}

/** A data folder of its own for one console or for several in a row. */
export class DataFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'sp-'));

  constructor(settings: object = { apiPort: 0 }) {
    writeFileSync(join(this.path, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
    stayAwake(this.path);
  }

  /** Every file below, by its path. */
  files(folder = this.path): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
  }

  /** A folder of it that is a console's own. */
  below(name: string): Folder {
    const path = join(this.path, name);
    return { path, files: () => this.files(path) };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

type Folder = Pick<DataFolder, 'path' | 'files'>;

interface Opening {
  readonly data: Folder;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** The packaged twin, where it is that which is tested (npm run test:packaged); the built clone otherwise. */
const packaged = process.env.SALLYPORT_PACKAGED;
const twin = packaged && join(packaged, 'twin', 'linux-unpacked', 'sallyport');

/** How a shell starts this console. */
export const launchPlan = ({ data, env = {}, args = [] }: Opening) => ({
  executable: twin ?? need('SALLYPORT_ELECTRON'),
  args: [...(twin ? [] : [need('SALLYPORT_APP')]), `--user-data-dir=${data.path}`, ...args],
  env: { ...(process.env as Record<string, string>), ...env },
});

/** A real console in its own data folder, driven from outside as a person would. */
export class TestConsole implements AsyncDisposable {
  readonly electron: ElectronApplication;
  readonly data: Folder;
  /** Main's own process. */
  readonly process: ChildProcess;
  #stderr = '';

  private constructor(electron: ElectronApplication, data: Folder) {
    this.electron = electron;
    this.data = data;
    this.process = electron.process();
    this.process.stderr?.on('data', (bytes) => {
      this.#stderr += bytes;
    });
  }

  static async open(opening: Opening): Promise<TestConsole> {
    const { args, env } = launchPlan(opening);
    // For a clone no executable is named: only then does the driver hold the start back until it listens. It finds the runtime
    // by ELECTRON_OVERRIDE_DIST_PATH. A package has no loader to hold it back with.
    need('ELECTRON_OVERRIDE_DIST_PATH');
    const executable = twin ? { executablePath: twin } : {};
    const electron = await _electron.launch({
      args,
      env,
      ...executable,
      chromiumSandbox: true,
      timeout: 30_000,
    });
    return new TestConsole(electron, opening.data);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The trusted window of this role, once its page is there. */
  trusted(role: TrustedRole): Promise<Page> {
    return this.#find(async (page) => (await page.evaluate(roleOf)) === role, role);
  }

  /** The application's page. */
  app(): Promise<Page> {
    // A page whose process was killed still has its address, but answers nothing.
    const isApp = (page: Page) => page.evaluate(() => location.pathname === '/index.html');
    return this.#find(isApp, 'app');
  }

  async #find(fits: (page: Page) => Promise<boolean>, what: string): Promise<Page> {
    let found: Page | undefined;
    const look = async () => {
      for (const page of this.electron.windows()) {
        // A window may close while it is looked at; then it is not the one. One that says nothing is asked again.
        const open = !page.isClosed() && (await answerOf(fits(page), false));
        if (open) found = page;
      }
      return found !== undefined && !found.isClosed();
    };
    await expect
      .poll(look, { message: `the ${what} window opens`, timeout: 20_000 })
      .toBe(true)
      .catch(async (error: Error) => {
        throw new Error(`${error.message}\n${await this.#account()}`, { cause: error });
      });
    return found as Page;
  }

  /** What a person would see now, and the end of each log, for a failure that must explain itself. */
  async #account(): Promise<string> {
    const shown = this.electron
      .windows()
      .map(
        async (page) =>
          `${page.url()}: ${await answerOf(page.locator('body').textContent(), 'says nothing')}`,
      );
    const logs = this.#logs().map(([name, bytes]) => `${name}: ${bytes.subarray(-ACCOUNT_TAIL)}`);
    const titles = await answerOf(this.titles(), ['main does not answer']);
    const { exitCode, signalCode } = this.process;
    return [
      `windows: ${titles.join(', ')}; exit code ${exitCode}, signal ${signalCode}`,
      ...(await Promise.all(shown)),
      ...logs,
      `stderr: ${this.#stderr.slice(-ACCOUNT_TAIL)}`,
    ].join('\n');
  }

  #logs(): [string, Buffer][] {
    return this.data
      .files()
      .filter((file) => file.endsWith('.log'))
      .map((path) => [path.slice(this.data.path.length + 1), readFileSync(path)]);
  }

  /** Title of the window that shows this page. */
  titles(): Promise<string[]> {
    return this.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((w) => w.getTitle()),
    );
  }

  /** Process ids below main whose command line holds this text. */
  pids(text: string): number[] {
    return pidsBelow(this.process.pid ?? -1, text);
  }

  /** Quits as a person does, and waits until the process is gone. */
  async close(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.electron.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => this.process.kill('SIGKILL'));
    const info = test.info();
    for (const [name, bytes] of this.#logs()) await info.attach(name, { body: bytes.subarray(-LOG_TAIL) });
    if (this.#stderr) await info.attach('stderr', { body: this.#stderr.slice(-LOG_TAIL) });
  }
}

/** Runs in the page. */
const roleOf = (): string | undefined => (globalThis as { trusted?: { role?: string } }).trusted?.role;

/** Of a question to a page: `otherwise` when the page goes, or does not answer in time. */
async function answerOf<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS, otherwise);
  });
  return Promise.race([asked.catch(() => otherwise), late]).finally(() => clearTimeout(timer));
}
