import { apiOn, at, pressAway, type Step } from './desk.ts';
import { TourError } from './errors.ts';
import { expect } from './patience.ts';

const attestation: Step = {
  says: 'asks the console what it found out about itself',
  async run(desk) {
    const app = await at(desk, 'settings');
    const found = app.getByTestId('attestation');
    await expect(found.getByTestId('attested-ports')).toBeVisible();
    await found.evaluate((section) => section.scrollIntoView());
    await desk.gallery.take(app, 'attestation', 'What the console finds out about itself, with its evidence');
  },
};

const light: Step = {
  says: 'shows the same in light',
  async run(desk) {
    const app = await at(desk, 'settings');
    await app.getByRole('button', { name: 'Light' }).click();
    await expect(app.locator('html')).toHaveAttribute('data-theme', 'light');
    await at(desk, 'overview');
    await expect(app.getByTestId('boundary-client-api')).toContainText(/healthy|attention/i);
    await desk.gallery.take(app, 'overview-light', 'Overview in light');
    await at(desk, 'limits');
    await expect(app.getByTestId('limits-history').locator('.recharts-bar-rectangle').first()).toBeVisible();
    await desk.gallery.take(app, 'limits-light', 'Rate limits in light');
  },
};

const lock: Step = {
  says: 'locks: keeper and page are gone, the service keeps serving',
  async run(desk) {
    const app = await at(desk, 'overview');
    const api = await apiOn(app);
    await pressAway(app, app.getByTestId('lock'));
    const unlock = await desk.windows.of('unlock');
    await expect(unlock.locator('input[type=password]')).toBeVisible();
    const { status } = await fetch(`${api}/readyz`);
    if (status !== 200) throw new TourError('service', `the service answered ${status} while locked`);
    await desk.gallery.take(unlock, 'locked', 'Locked: nothing of the vault is left in memory');
  },
};

export const CLOSE: readonly Step[] = [attestation, light, lock];
