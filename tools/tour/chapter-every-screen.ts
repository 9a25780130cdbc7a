import type { JSHandle, Page } from 'playwright';
import { screensOf } from './chapter-pages.ts';
import { at, type Step } from './desk.ts';
import { TourError } from './errors.ts';
import { expect } from './patience.ts';
import { sticksOut } from './sticks-out.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const THEMES = ['Dark', 'Light'] as const;

/** What the page says of itself since it was asked last: milliseconds of each task that held it up, and what moved unasked. */
interface Watched {
  readonly blocked: number[];
  readonly shifted: number[];
}

/** Runs in the page. A shift within half a second of a press or key is its answer, and none. */
const WATCH = `(() => {
  const [blocked, shifted] = [[], []];
  const each = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type });
  each('longtask', ({ duration }) => blocked.push(duration));
  each('layout-shift', ({ value, hadRecentInput }) => hadRecentInput || shifted.push(value));
  return { blocked, shifted };
})()`;

/** Runs in the page: what the last task left to draw is drawn, and told to who watches. */
const SETTLED = `new Promise((go) => requestAnimationFrame(() => requestIdleCallback(() => go(), { timeout: 1000 })))`;

const taken = (watched: JSHandle<Watched>): Promise<Watched> =>
  watched.evaluate(({ blocked, shifted }) => ({ blocked: blocked.splice(0), shifted: shifted.splice(0) }));

async function turn(app: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await app.getByRole('button', { name: theme, exact: true }).click();
  await expect(app.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
}

async function resize(app: Page, { width, height }: (typeof SIZES)[number]): Promise<void> {
  await app.setViewportSize({ width, height });
  await expect.poll(() => app.evaluate('[innerWidth, innerHeight]')).toEqual([width, height]);
}

/** Waits as the page itself would: an expectation that is not met yet describes the whole page each time, which holds it up. */
async function opened(app: Page, name: string): Promise<void> {
  await app.getByTestId(`nav-${name}`).click();
  const page = app.getByTestId(`page-${name}`);
  await page.waitFor();
  await page.locator('[data-testid="skeleton"]').first().waitFor({ state: 'detached' });
}

const everyScreen: Step = {
  says: 'opens every screen in both themes and at both sizes',
  async run(desk) {
    const app = await desk.windows.of('app');
    const tooWide: string[] = [];
    const watched = (await app.evaluateHandle(WATCH)) as JSHandle<Watched>;
    for (const theme of THEMES) {
      await turn(await at(desk, 'settings'), theme);
      for (const size of SIZES) {
        await resize(app, size);
        for (const { name, label } of await screensOf(desk)) {
          await taken(watched);
          await opened(app, name);
          await app.evaluate(SETTLED);
          // Before anything is measured in the page, which holds it up too.
          const seen = await taken(watched);
          const look = `${theme.toLowerCase()}-${size.width}x${size.height}`;
          for (const { box, by } of await sticksOut(app))
            tooWide.push(`${box} by ${by} px on ${name}, ${look}`);
          await desk.gallery.takeScreen(app, { name, label, look, ...seen });
        }
      }
    }
    await turn(await at(desk, 'settings'), 'Dark');
    await resize(app, SIZES[0]);
    if (tooWide.length > 0)
      throw new TourError('not-shown', `Too wide for its place: ${tooWide.join('; ')}.`);
  },
};

export const EVERY_SCREEN: readonly Step[] = [everyScreen];
