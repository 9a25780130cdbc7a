import type { Page } from 'playwright';
import { expect, test } from 'playwright/test';
import { PAGES } from '../../renderer/stores/ui.ts';
import { type StickingOut, sticksOut } from '../../tools/tour/sticks-out.ts';
import { DataFolder, TestConsole } from './parts/console.ts';
import { barriersOf, giveAxe } from './parts/inspect.ts';
import { createVault, enrol, go, serviceIsLive } from './parts/steps.ts';

// One start, then every screen four times.
test.setTimeout(300_000);

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const THEMES = ['Dark', 'Light'] as const;

const LONGEST_WAIT = { timeout: 30_000 };

/** Everything that the page complains about from now on. */
function complaintsOf(app: Page): string[] {
  const heard: string[] = [];
  app.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text());
  });
  app.on('pageerror', (error) => heard.push(error.message));
  return heard;
}

async function resize(app: Page, size: (typeof SIZES)[number]): Promise<void> {
  await app.setViewportSize(size);
  await expect.poll(() => app.evaluate(() => [innerWidth, innerHeight])).toEqual([size.width, size.height]);
}

async function turn(app: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await go(app, 'settings');
  await app.getByRole('button', { name: theme, exact: true }).click();
  await expect(app.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
}

/** Opens a screen and waits until nothing on it is being waited for. */
async function open(app: Page, page: string): Promise<void> {
  await go(app, page);
  const content = app.getByTestId(`page-${page}`);
  await expect(content.getByRole('heading', { level: 1 }).first()).toBeVisible(LONGEST_WAIT);
  await expect(content.getByTestId('skeleton')).toHaveCount(0, LONGEST_WAIT);
  await expect(content.getByTestId('page-failed')).toHaveCount(0);
}

/** What sticks out while the help panel takes its part of the width. */
async function besideHelp(app: Page): Promise<StickingOut[]> {
  await app.getByTestId('help').click();
  await expect(app.getByTestId('help-panel')).toBeVisible();
  const found = await sticksOut(app);
  await app.getByTestId('help').click();
  await expect(app.getByTestId('help-panel')).toHaveCount(0);
  return found;
}

test('every screen opens without a complaint, fits, and can be used without eyes, at both sizes and in both themes', async () => {
  using data = new DataFolder();
  await using console = await TestConsole.open({ data });
  await createVault(console);
  const app = await console.app();
  const complaints = complaintsOf(app);
  await serviceIsLive(app);
  await enrol(console, 'Ada');
  await giveAxe(app);
  for (const theme of THEMES) {
    await turn(app, theme);
    for (const size of SIZES) {
      await resize(app, size);
      for (const page of PAGES)
        await test.step(`${page}, ${theme.toLowerCase()}, ${size.width} x ${size.height}`, async () => {
          await open(app, page);
          // Soft: one run tells everything that is wrong with every screen.
          expect.soft(await sticksOut(app), `${page} sticks out`).toEqual([]);
          // The widest table, on the narrowest window.
          if (page === 'ledger' && size === SIZES[0])
            expect.soft(await besideHelp(app), 'ledger beside help sticks out').toEqual([]);
          expect.soft(await barriersOf(app), `${page} has barriers`).toEqual([]);
          expect.soft(complaints.splice(0), `${page} complains`).toEqual([]);
        });
    }
  }
});
