import type { Locator, Page } from 'playwright';
import type { Gallery } from './gallery.ts';
import { expect } from './patience.ts';
import type { Traffic } from './traffic.ts';
import type { Windows } from './windows.ts';

/** What the steps of a tour work with. */
export interface Desk {
  readonly windows: Windows;
  readonly gallery: Gallery;
  /** Starts the simulator with an operator file; once a tour. */
  startTraffic(api: string, operatorFile: string): Traffic;
}

export interface Step {
  /** What the step does, as one line for a person who watches. */
  readonly says: string;
  run(desk: Desk): Promise<void>;
}

/** Live figures need traffic first: longer than any other wait. */
export const TRAFFIC_MS = 60_000;

/** The application's page at one of its screens, by the name that the navigation has for it. */
export async function at(desk: Desk, name: string): Promise<Page> {
  const app = await desk.windows.of('app');
  await app.getByTestId(`nav-${name}`).click();
  await expect(app.getByTestId(`page-${name}`)).toBeVisible();
  return app;
}

export const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';

/** Origin of the public API, as the top bar names it. */
export const apiOn = async (app: Page): Promise<string> =>
  `http://${await textOf(app.getByTestId('service-name').locator('.font-mono'))}`;

/** Presses what closes its own window, which may be gone before the press has come back. */
export async function pressAway(page: Page, button: Locator): Promise<void> {
  const closed = page.waitForEvent('close');
  await button.click().catch((error: unknown) => {
    if (!page.isClosed()) throw error;
  });
  await closed;
}
