import type { Page } from 'playwright';
import { type Desk, pressAway } from './desk.ts';
import { expect } from './patience.ts';

/**
 * Signs the card that has opened, after it has shown what it must.
 * @param shows sentences and values that have to stand on the card
 * @param picture name and caption, when the card is one of the tour's pictures
 */
export async function sign(
  desk: Desk,
  shows: readonly (string | RegExp)[],
  picture?: readonly [name: string, caption: string],
): Promise<void> {
  const card = await desk.windows.of('card');
  for (const text of shows) await expect(card.getByText(text).first()).toBeVisible();
  // A card is signed only after all of it has been in view for a while.
  await card.locator('.card').evaluate((box) => box.scrollTo(0, box.scrollHeight));
  const button = card.getByRole('button', { name: 'Sign', exact: true });
  await expect(button).toBeEnabled();
  if (picture) await desk.gallery.take(card, ...picture);
  await pressAway(card, button);
}

/** The dialog of the application that says that it is done; closed again. */
export async function finish(app: Page, testId: string): Promise<void> {
  const dialog = app.getByTestId(testId);
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
}
