import { finish, sign } from './cards.ts';
import { at, type Step, textOf } from './desk.ts';
import { TourError } from './errors.ts';
import { expect } from './patience.ts';

const OPERATOR = 'Ada Keller';

const enrol: Step = {
  says: 'enrols this console: its key may sign from now on',
  async run(desk) {
    const app = await at(desk, 'overview');
    await expect(app.getByTestId('enrolment-call')).toBeVisible();
    await expect(app.getByTestId('boundary-client-api')).toBeVisible();
    await desk.gallery.take(app, 'overview-new', 'A new console can look but not sign');
    await app.getByTestId('enrolment-call').getByRole('button').click();
    await app.getByTestId('enrol-console').getByLabel('Your name').fill(OPERATOR);
    await app.getByRole('button', { name: 'Sign and enrol' }).click();
    await sign(desk, ['Enrol this console', OPERATOR], ['enrol-card', 'The card shows what will be signed']);
    await finish(app, 'enrolled');
    await expect(app.getByTestId('operator-row').filter({ hasText: OPERATOR })).toContainText(
      'administrator',
    );
  },
};

const invite: Step = {
  says: 'invites the simulator as an operator of its own and starts it',
  async run(desk) {
    const app = await at(desk, 'operators');
    await app.getByRole('button', { name: 'Invite a local tool' }).click();
    // Only who may move credits can grant some, without which nobody in the simulation pays.
    await app.getByLabel('Role').selectOption('administrator');
    await app.getByRole('button', { name: 'Sign and invite' }).click();
    await sign(desk, ['Invite an operator', 'simulator', 'administrator']);
    const invited = app.getByTestId('invited');
    await expect(invited).toBeVisible();
    const command = (await textOf(invited)).match(/--api (\S+) --rate \S+ --operator (\S+?\.json)/);
    const [, api, operatorFile] = command ?? [];
    if (!api || !operatorFile) throw new TourError('not-shown', 'the invitation shows no command to run');
    desk.startTraffic(api, operatorFile);
    await finish(app, 'invited');
    await expect(app.getByTestId('operator-row').filter({ hasText: 'simulator' })).toContainText('active');
    await desk.gallery.take(app, 'operators', 'Two operators, each with a signing key of its own');
  },
};

export const AUTHORITY: readonly Step[] = [enrol, invite];
