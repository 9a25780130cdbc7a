import type { Page } from 'playwright';
import { finish, sign } from './cards.ts';
import { apiOn, at, type Desk, pressAway, type Step, textOf } from './desk.ts';
import { TourError } from './errors.ts';
import { expect } from './patience.ts';

const LABEL = 'partner-preview';
const REASON = 'seen in a public repository';
const SECRET = /th_[A-Za-z0-9_-]{43}/;

async function ledgerShows(desk: Desk, says: string, about: string): Promise<Page> {
  const app = await at(desk, 'ledger');
  // What it is about, alone: other traffic would move it out of sight.
  await app.getByLabel('Search text').fill(about);
  await expect(
    app.getByTestId('ledger-row').filter({ hasText: says }).filter({ hasText: about }),
  ).toHaveCount(1);
  return app;
}

/** The key that the reveal window showed, kept for these two steps: it proves that the key worked and then did not. */
interface Issued {
  readonly secret: string;
  readonly api: string;
}

async function statusWith({ secret, api }: Issued): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` };
  return (await fetch(`${api}/api/v1/tokenhall/key`, { headers })).status;
}

/** Reads the secret where it is shown once, and closes that window. */
async function readSecret(desk: Desk): Promise<string> {
  const reveal = await desk.windows.of('reveal');
  await expect(reveal.getByText(SECRET)).toBeVisible();
  const [secret] = (await textOf(reveal.locator('body'))).match(SECRET) ?? [];
  if (!secret) throw new TourError('not-shown', 'the reveal window shows no key');
  await desk.gallery.take(reveal, 'reveal', 'The secret, shown once; this key is revoked two steps later');
  await pressAway(reveal, reveal.getByRole('button', { name: 'I have stored it' }));
  return secret;
}

const create = (keep: (issued: Issued) => void): Step => ({
  says: 'creates a key: a signed request, its secret shown once in a trusted window',
  async run(desk) {
    const app = await at(desk, 'keys');
    await app.getByRole('button', { name: 'Create key' }).click();
    await app.getByLabel('Name').fill(LABEL);
    await desk.gallery.take(app, 'create-key', 'Creating a key: the screen says what will be signed');
    await app.getByRole('button', { name: 'Sign and create' }).click();
    const picture = ['create-card', 'The signing card, in a window that the page cannot touch'] as const;
    await sign(desk, ['Create an inference key', LABEL], picture);
    const secret = await readSecret(desk);
    await finish(app, 'key-created');
    expect(await app.content()).not.toContain(secret);
    const issued = { secret, api: await apiOn(app) };
    expect(await statusWith(issued)).toBe(200);
    keep(issued);
    await ledgerShows(desk, 'Inference key created', LABEL);
  },
});

const revoke = (kept: () => Issued): Step => ({
  says: 'revokes it: the card, the signature, 401 at its next request, and the entry in the ledger',
  async run(desk) {
    const app = await at(desk, 'keys');
    await app.getByRole('button', { name: `Revoke ${LABEL}` }).click();
    await app.getByLabel('Reason').fill(REASON);
    await desk.gallery.take(app, 'revoke-key', 'Revoking a key: the button says what it destroys');
    await app.getByRole('button', { name: /^Sign and destroy/ }).click();
    const picture = ['revoke-card', 'A signed revocation: what is signed is what is shown'] as const;
    await sign(desk, ['Revoke a key', REASON], picture);
    await finish(app, 'key-revoked');
    await app.getByTestId('notice-info').getByRole('button', { name: 'Dismiss' }).click();
    expect(await statusWith(kept())).toBe(401);
    const ledger = await ledgerShows(desk, 'Inference key revoked', REASON);
    const row = ledger.getByTestId('ledger-row').filter({ hasText: REASON });
    // As a person does: the list stands still under a pointer, and only then is it said where the row is.
    await row.hover();
    await row.click();
    await expect(ledger.getByTestId('ledger-detail')).toContainText(REASON);
    await desk.gallery.take(ledger, 'revocation-entry', 'The revocation as an entry of the ledger');
    await ledger.keyboard.press('Escape');
    await ledger.getByLabel('Search text').fill('');
  },
});

export function actionChapter(): readonly Step[] {
  let issued: Issued | null = null;
  const kept = (): Issued => {
    if (!issued) throw new TourError('not-shown', 'no key was shown before');
    return issued;
  };
  return [create((value) => (issued = value)), revoke(kept)];
}
