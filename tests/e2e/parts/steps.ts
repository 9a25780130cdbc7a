import type { Page } from 'playwright';
import { expect } from 'playwright/test';
import type { TestConsole } from './console.ts';

export const PASSPHRASE = 'nine tall herons wade at dusk';

/** From the first-run window to the application's page. @returns the recovery code that was shown */
export async function createVault(console: TestConsole, passphrase = PASSPHRASE): Promise<string> {
  const window = await console.trusted('first-run');
  await window.getByLabel('New passphrase').fill(passphrase);
  await window.getByLabel('Type it again').fill(passphrase);
  await window.getByRole('button', { name: 'Create vault' }).click();
  const code = await writeDown(window);
  await console.app();
  return code;
}

/** Reads the recovery code and types its last group back. @returns the code */
async function writeDown(window: Page): Promise<string> {
  const shown = window.getByRole('region', { name: 'Recovery code' }).getByRole('listitem');
  await expect(shown).toHaveCount(8);
  const groups = await shown.allTextContents();
  await window.getByRole('button', { name: 'I have written it down' }).click();
  await window.getByLabel(/^Group/).fill(groups.at(-1) ?? '');
  await window
    .getByRole('button', { name: 'Confirm' })
    .click()
    .catch((error: unknown) => {
      if (!window.isClosed()) throw error;
    });
  return groups.join('-');
}

/** Gives the vault new keys in the window that was opened for it. @returns the new recovery code */
export async function newKeys(window: Page): Promise<string> {
  await window.getByLabel('Current passphrase').fill(PASSPHRASE);
  await window.getByRole('button', { name: 'Make new keys' }).click();
  return writeDown(window);
}

/** Makes a wallet's key in custody. @returns what was seen by `look` meanwhile, each once */
export async function makeWallet<T>(console: TestConsole, look: () => T[]): Promise<T[]> {
  const app = await console.app();
  await app.evaluate(() => {
    const { sallyport } = window as unknown as {
      sallyport: { call(channel: string, payload: unknown): Promise<unknown> };
    };
    void sallyport.call('custody.act', { act: 'open', reason: 'first wallet', former: null });
  });
  const window = await console.trusted('vault');
  const seen = new Set(look());
  const made = window
    .getByText(/Its fingerprint is [0-9a-f]{64}/)
    .waitFor()
    .then(() => true);
  await window.getByRole('button', { name: 'Make the key' }).click();
  while (!(await Promise.race([made, app.evaluate(() => false)]))) for (const one of look()) seen.add(one);
  for (const one of look()) seen.add(one);
  const closed = window.waitForEvent('close');
  await window
    .getByRole('button', { name: 'Close' })
    .click()
    .catch(() => undefined);
  await closed;
  return [...seen];
}

/** Locks on demand; the application's window goes. */
export async function lock(app: Page): Promise<void> {
  const closed = app.waitForEvent('close');
  await app
    .getByTestId('lock')
    .click()
    .catch((error: unknown) => {
      if (!app.isClosed()) throw error;
    });
  await closed;
}

export async function typePassphrase(window: Page, passphrase: string): Promise<void> {
  await window.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await window.getByRole('button', { name: 'Unlock', exact: true }).click();
}

export async function unlock(console: TestConsole, passphrase = PASSPHRASE): Promise<Page> {
  await typePassphrase(await console.trusted('unlock'), passphrase);
  return console.app();
}

/** Waits until every process of the service runs and the stream is live. */
export async function serviceIsLive(app: Page): Promise<void> {
  await expect(app.getByTestId('status-service')).toContainText('running', { timeout: 30_000 });
  await expect(app.getByTestId('status-stream')).toContainText('live', { timeout: 30_000 });
}

export async function go(app: Page, page: string): Promise<void> {
  await app.getByTestId(`nav-${page}`).click();
  await expect(app.getByTestId(`page-${page}`)).toBeVisible();
}

/** Origin of the public API, as the top bar names it. */
export const apiOf = async (app: Page): Promise<string> =>
  `http://${await app.getByTestId('service-name').locator('.font-mono').textContent()}`;

/** Presses a button that closes its own window: the window may be gone before the press has been reported. */
async function pressToClose(window: Page, name: RegExp | string): Promise<void> {
  const closed = window.waitForEvent('close');
  await window
    .getByRole('button', { name })
    .click()
    .catch((error: unknown) => {
      if (!window.isClosed()) throw error;
    });
  await closed;
}

/** Decides in the card window after it has shown this. */
export async function decide(
  console: TestConsole,
  shows: string,
  decision: 'Sign' | 'Decline',
): Promise<void> {
  const card = await console.trusted('card');
  await expect(card.getByText(shows).first()).toBeVisible();
  // A long card is signed only after it was read to its end.
  await card.locator('.card').evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await pressToClose(card, new RegExp(`^${decision}`));
}

/** Enrols this console as the first operator. */
export async function enrol(console: TestConsole, name: string): Promise<void> {
  const app = await console.app();
  await go(app, 'operators');
  await app.getByRole('button', { name: 'Enrol this console' }).first().click();
  const dialog = app.getByTestId('enrol-console');
  await dialog.getByLabel('Your name').fill(name);
  await dialog.getByRole('button', { name: 'Sign and enrol' }).click();
  await decide(console, 'Enrol this console', 'Sign');
  await app.getByTestId('enrolled').getByRole('button', { name: 'Done' }).click();
}

/** Opens the form of a new key and sends it to the card. */
export async function askForKey(app: Page, label: string, perMinute = '60'): Promise<void> {
  await go(app, 'keys');
  await app
    .getByRole('button', { name: /^Create/ })
    .first()
    .click();
  const dialog = app.getByTestId('create-key');
  await dialog.getByLabel('Name').fill(label);
  await dialog.getByLabel('Requests per minute').fill(perMinute);
  await dialog.getByRole('button', { name: 'Sign and create' }).click();
}

/** @returns the secret, read from the trusted window and nowhere else */
export async function createKey(console: TestConsole, label: string, perMinute?: string): Promise<string> {
  const app = await console.app();
  await askForKey(app, label, perMinute);
  await decide(console, label, 'Sign');
  const reveal = await console.trusted('reveal');
  const secret = await reveal.getByText(/^th_/).first().textContent();
  await reveal.getByRole('button', { name: 'Copy secret' }).click();
  const clipboard = () => console.electron.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(clipboard).toBe(secret?.trim());
  await pressToClose(reveal, 'I have stored it');
  await app.getByTestId('key-created').getByRole('button', { name: 'Done' }).click();
  return secret?.trim() ?? '';
}

export async function revokeKey(console: TestConsole, label: string, reason: string): Promise<void> {
  const app = await console.app();
  await go(app, 'keys');
  await app.getByRole('button', { name: `Revoke ${label}` }).click();
  const dialog = app.getByTestId('revoke-key');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: /^Sign and destroy/ }).click();
  await decide(console, reason, 'Sign');
  await app.getByTestId('key-revoked').getByRole('button', { name: 'Done' }).click();
}

/** Invites a tool on this host. @returns the path of its operator file */
export async function inviteTool(console: TestConsole, app: Page): Promise<string> {
  const invited = app.evaluate(async () => {
    const { sallyport } = window as unknown as {
      sallyport: {
        call(channel: string, payload: unknown): Promise<{ ok: boolean; value?: { path: string } }>;
      };
    };
    return (await sallyport.call('operators.inviteLocal', { name: 'Tool', role: 'reviewer' })).value?.path;
  });
  await decide(console, 'Tool', 'Sign');
  return (await invited) ?? '';
}

/** Asks the public API with a key. @returns the status */
export const useKey = async (api: string, secret: string): Promise<number> =>
  (await fetch(`${api}/api/v1/tokenhall/key`, { headers: { authorization: `Bearer ${secret}` } })).status;

/** Registers an account as anybody does, and signs it in as a member in the window of its own. @returns its password */
export async function signInMember(console: TestConsole, api: string, email: string): Promise<string> {
  const password = 'seven grey geese fly north';
  const registered = await fetch(`${api}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  expect(registered.status).toBe(201);
  const app = await console.app();
  await go(app, 'minting');
  await app.getByTestId('signed-out').getByRole('button', { name: 'Sign in' }).click();
  const window = await console.trusted('vault');
  await window.getByLabel(/^E-mail/).fill(email);
  await window.getByLabel(/^Password/).fill(password);
  await pressToClose(window, 'Sign in');
  return password;
}

/** Makes a brand and orders a batch of it; both are signed on cards. */
export async function mintBatch(console: TestConsole, brand: string, batch: string): Promise<void> {
  const app = await console.app();
  await app.getByTestId('no-brands').getByRole('button', { name: 'Create a brand' }).click();
  await app.getByTestId('brand-form').getByLabel('Name').fill(brand);
  await app.getByRole('button', { name: 'Sign and create' }).click();
  await decide(console, brand, 'Sign');
  await app.getByTestId('brand-done').getByRole('button', { name: 'Done' }).click();
  await app.getByRole('button', { name: 'Order a batch' }).click();
  const form = app.getByTestId('submit-form');
  await form.getByLabel('Batch').fill(batch);
  await form.getByLabel('Quantity').fill('10');
  await form.getByLabel('Serial pattern').fill('ACME-{n:6}');
  await form.getByLabel('Product').fill('Tea');
  await form.getByLabel('GTIN').fill('4006381333931');
  await form.getByRole('button', { name: 'Sign and order' }).click();
  await decide(console, batch, 'Sign');
  await app.getByTestId('submit-done').getByRole('button', { name: 'Done' }).click();
}

/** What main keeps of forms that were not sent, as the page is told. */
export const drafts = (app: Page): Promise<unknown> =>
  app.evaluate(async () => {
    const { sallyport } = window as unknown as {
      sallyport: { call(channel: string): Promise<{ value: unknown }> };
    };
    return (await sallyport.call('drafts.list')).value;
  });
