import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';

interface Picture {
  readonly file: string;
  readonly caption: string;
}

/** One screen in one look, and what the page said of itself on the way to it. */
interface ScreenPicture {
  readonly name: string;
  readonly label: string;
  /** Theme and size. */
  readonly look: string;
  /** Milliseconds of each task of more than 50 ms. */
  readonly blocked: readonly number[];
  /** Of each shift that nobody asked for, its share of the window. */
  readonly shifted: readonly number[];
}

const fileOf = ({ name, look }: ScreenPicture): string => `screens/${name}-${look}.png`;

/** Screens by row, looks by column; what held each up and what moved on it, at the worst of the looks. */
function tableOf(screens: readonly ScreenPicture[]): string {
  const looks = [...new Set(screens.map(({ look }) => look))];
  const worst = (values: readonly number[], digits: number): string => Math.max(0, ...values).toFixed(digits);
  const rows = [...new Set(screens.map(({ label }) => label))].map((label) => {
    const own = screens.filter((screen) => screen.label === label);
    const links = own.map((screen) => `[${screen.look}](${fileOf(screen)})`);
    const blocked = worst(
      own.flatMap((screen) => screen.blocked),
      0,
    );
    const shifted = worst(
      own.map((screen) => screen.shifted.reduce((sum, one) => sum + one, 0)),
      3,
    );
    return `| ${[label, ...links, blocked, shifted].join(' | ')} |`;
  });
  const columns = ['screen', ...looks.map(() => ''), 'longest task over 50 ms', 'moved unasked'];
  const lines = [`| ${columns.join(' | ')} |`, `|${columns.map(() => '---').join('|')}|`, ...rows];
  return `## Every screen, in both themes and at both sizes\n\n${lines.join('\n')}\n`;
}

/** The pictures of one tour in the order in which they were taken, and a page that lists them. */
export class Gallery {
  readonly #folder: string;
  readonly #pictures: Picture[] = [];
  readonly #screens: ScreenPicture[] = [];

  /** @param folder is emptied: what an older tour saw is not shown as today's. */
  constructor(folder: string) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'screens'), { recursive: true });
    this.#folder = folder;
  }

  async take(page: Page, name: string, caption: string): Promise<void> {
    const file = `${String(this.#pictures.length + 1).padStart(2, '0')}-${name}.png`;
    await this.#shoot(page, file);
    this.#pictures.push({ file, caption });
  }

  async takeScreen(page: Page, screen: ScreenPicture): Promise<void> {
    await this.#shoot(page, fileOf(screen));
    this.#screens.push(screen);
  }

  async #shoot(page: Page, file: string): Promise<void> {
    await page.screenshot({ path: join(this.#folder, file), animations: 'disabled', caret: 'hide' });
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
    writeFileSync(join(this.#folder, 'README.md'), [head, ...lines, tableOf(this.#screens)].join('\n'));
  }

  get count(): number {
    return this.#pictures.length + this.#screens.length;
  }
}
