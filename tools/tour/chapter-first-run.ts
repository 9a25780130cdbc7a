import { pressAway, type Step } from './desk.ts';
import { expect } from './patience.ts';

/** Long enough to be called strong; the vault it opens lives as long as the tour. */
const PASSPHRASE = 'seven lamps above the quiet harbour';

const create: Step = {
  says: 'creates the vault in the first-run window',
  async run({ windows, gallery }) {
    const page = await windows.of('first-run');
    await page.getByLabel('New passphrase').fill(PASSPHRASE);
    await page.getByLabel('Type it again').fill(PASSPHRASE);
    await expect(page.getByRole('img', { name: 'Strength: Strong' })).toBeVisible();
    await gallery.take(page, 'first-run', 'First run: the vault is created in a trusted window');
    await page.getByRole('button', { name: 'Create vault' }).click();
    await expect(page.getByRole('heading', { name: 'Write down the recovery code' })).toBeVisible();
  },
};

const confirm: Step = {
  says: 'writes the recovery code down and types its last group back',
  async run({ windows, gallery }) {
    const page = await windows.of('first-run');
    const groups = page.getByRole('region', { name: 'Recovery code' }).getByRole('listitem');
    await expect(groups).toHaveCount(8);
    const last = (await groups.last().textContent()) ?? '';
    await gallery.take(page, 'recovery-code', 'The recovery code, shown once; this vault is gone already');
    await page.getByRole('button', { name: 'I have written it down' }).click();
    await page.getByLabel('Group 8 of 8').fill(last);
    await pressAway(page, page.getByRole('button', { name: 'Confirm' }));
    const app = await windows.of('app');
    await expect(app.getByTestId('status-vault')).toContainText('unlocked');
    await expect(app.getByTestId('status-service')).toContainText('running', { timeout: 30_000 });
  },
};

export const FIRST_RUN: readonly Step[] = [create, confirm];
