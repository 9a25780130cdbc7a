import type { ElectronApplication, Page } from 'playwright';
import type { TrustedRole } from '../../shared/ipc/trusted.ts';
import { TourError } from './errors.ts';

/** What a window is for: the application itself, or one of the trusted windows. */
export type WindowRole = 'app' | TrustedRole;

const LONGEST_MS = 30_000;

const APPLICATION = /^app:\/\/[^/]+\/(index\.html)?$/;

/** A trusted page is told by its preload what it is for. */
const ROLE = 'globalThis.trusted?.role ?? null';

const roleOf = async (page: Page): Promise<WindowRole | null> => {
  await page.waitForURL(/^app:/, { waitUntil: 'domcontentloaded', timeout: LONGEST_MS });
  return APPLICATION.test(page.url()) ? 'app' : ((await page.evaluate(ROLE)) as WindowRole | null);
};

/** Finds the windows of a running console by what they are for. */
export class Windows {
  readonly #app: ElectronApplication;

  constructor(app: ElectronApplication) {
    this.#app = app;
  }

  open(): readonly Page[] {
    return this.#app.windows().filter((page) => !page.isClosed());
  }

  /**
   * The open window of this role, or the next one that opens.
   * @throws TourError `no-window` after 30 s
   */
  async of(role: WindowRole): Promise<Page> {
    const deadline = Date.now() + LONGEST_MS;
    const seen = new Set<Page>();
    for (;;) {
      const next = this.open().find((page) => !seen.has(page)) ?? (await this.#opened(role, deadline));
      seen.add(next);
      // A window that closes while it is asked is not the one.
      if ((await roleOf(next).catch(() => null)) === role) return next;
    }
  }

  async #opened(role: WindowRole, deadline: number): Promise<Page> {
    const timeout = Math.max(1, deadline - Date.now());
    return this.#app.waitForEvent('window', { timeout }).catch((cause: unknown) => {
      throw new TourError('no-window', `The ${role} window did not open.`, { cause });
    });
  }
}
