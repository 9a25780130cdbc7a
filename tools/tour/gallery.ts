import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';

interface Picture {
  readonly file: string;
  readonly caption: string;
}

/** The pictures of one tour in the order in which they were taken, and a page that lists them. */
export class Gallery {
  readonly #folder: string;
  readonly #pictures: Picture[] = [];

  /** @param folder is emptied: what an older tour saw is not shown as today's. */
  constructor(folder: string) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
  }

  async take(page: Page, name: string, caption: string): Promise<void> {
    const file = `${String(this.#pictures.length + 1).padStart(2, '0')}-${name}.png`;
    await page.screenshot({ path: join(this.#folder, file), animations: 'disabled', caret: 'hide' });
    this.#pictures.push({ file, caption });
  }

  /** What was on every open window when a step failed. */
  async takeFailure(pages: readonly Page[]): Promise<void> {
    for (const [index, page] of pages.entries())
      await page.screenshot({ path: join(this.#folder, `failed-${index + 1}.png`) }).catch(() => undefined);
  }

  writeIndex(): void {
    const lines = this.#pictures.map(({ file, caption }) => `## ${caption}\n\n![${caption}](${file})\n`);
    const head =
      '# A tour of the console\n\nThe real console on live traffic; every picture is what a step waited for.\n';
    writeFileSync(join(this.#folder, 'README.md'), [head, ...lines].join('\n'));
  }

  get count(): number {
    return this.#pictures.length;
  }
}
