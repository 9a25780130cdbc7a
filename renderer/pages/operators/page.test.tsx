import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, NOT_ENROLLED, OPERATOR } from '../../../tests/fixtures/screen/samples.ts';
import { OperatorsPage } from './page.tsx';

afterEach(cleanup);

const listed = { 'operators.list': () => ({ operators: [OPERATOR] }) };
const nobody = { 'operators.list': () => ({ operators: [] }) };

const clickWhenEnabled = async (name: string) => {
  const button = (await screen.findAllByRole('button', { name }))[0] as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  fireEvent.click(button);
};

describe('the list of operators', () => {
  it('shows who they are and which one this console is', async () => {
    renderScreen(<OperatorsPage />, fakeDoor({ routes: listed }));
    const row = await screen.findByTestId('operator-row');
    expect(row.textContent).toContain('administrator');
    await within(row).findByText('this console');
    expect(within(row).getByTestId('fingerprint')).toBeTruthy();
  });

  it('says what the first one has to do', async () => {
    const fake = fakeDoor({ routes: nobody, channels: { 'enrolment.status': () => NOT_ENROLLED } });
    renderScreen(<OperatorsPage />, fake);
    expect((await screen.findByTestId('empty')).textContent).toContain('Nobody has enrolled yet');
  });

  it('waits, is offline and fails in words', async () => {
    renderScreen(<OperatorsPage />, fakeDoor({ routes: { 'operators.list': never } }));
    expect(screen.getByTestId('skeleton')).toBeTruthy();
    cleanup();
    const down = () => refusal('service-down', 'Down.');
    renderScreen(<OperatorsPage />, fakeDoor({ routes: { 'operators.list': down } }));
    expect(await screen.findByTestId('offline')).toBeTruthy();
    cleanup();
    const broken = () => refusal('internal', 'It failed.');
    renderScreen(<OperatorsPage />, fakeDoor({ routes: { 'operators.list': broken } }));
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });
});

describe('enrolling this console', () => {
  it('shows the key that will sign, sends the name only, and says as whom it signs', async () => {
    const fake = fakeDoor({
      routes: nobody,
      channels: { 'enrolment.status': () => NOT_ENROLLED, 'enrolment.enrol': () => ENROLLED },
    });
    renderScreen(<OperatorsPage />, fake);
    await clickWhenEnabled('Enrol this console');
    // The call in the heading leads here by way of the store; the one in the empty list opens at once.
    const dialog = await screen.findByTestId('enrol-console');
    fireEvent.change(within(dialog).getByLabelText('Your name'), { target: { value: ' Mara ' } });
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain('Enrol this console');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and enrol' }));
    expect((await screen.findByTestId('enrolled')).textContent).toContain('Mara, administrator');
    expect(fake.asked.find((a) => a.channel === 'enrolment.enrol')?.payload).toEqual({ name: 'Mara' });
  });

  it('needs a name, and says a refusal', async () => {
    const fake = fakeDoor({
      routes: nobody,
      channels: {
        'enrolment.status': () => NOT_ENROLLED,
        'enrolment.enrol': () => refusal('request-failed', 'The code has expired. Restart the service.'),
      },
    });
    renderScreen(<OperatorsPage />, fake);
    await clickWhenEnabled('Enrol this console');
    const dialog = await screen.findByTestId('enrol-console');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and enrol' }));
    expect(dialog.textContent).toContain('A name of 1 to 64 characters.');
    expect(fake.asked.some((a) => a.channel === 'enrolment.enrol')).toBe(false);
    fireEvent.change(within(dialog).getByLabelText('Your name'), { target: { value: 'Mara' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and enrol' }));
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('expired');
  });
});

describe('inviting a local tool', () => {
  it('shows the file and the command that uses it, quoted for a shell', async () => {
    const fake = fakeDoor({
      routes: listed,
      channels: {
        'operators.inviteLocal': () => ({ path: "/srv/m/it's here/simulator.json", expiresAt: AT }),
      },
    });
    renderScreen(<OperatorsPage />, fake);
    await clickWhenEnabled('Invite a local tool');
    const dialog = await screen.findByTestId('invite-local');
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain('responder');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and invite' }));
    const done = await screen.findByTestId('invited');
    expect(done.textContent).toContain(
      "npm run simulate -- --api http://127.0.0.1:41873 --rate 20 --operator '/srv/m/it'\\''s here/simulator.json'",
    );
    expect(fake.asked.find((a) => a.channel === 'operators.inviteLocal')?.payload).toEqual({
      name: 'simulator',
      role: 'responder',
    });
  });

  it('is not for everybody, and a decline is said', async () => {
    const responder = { ...ENROLLED, operator: { id: OPERATOR.id, name: 'R', role: 'responder' } };
    renderScreen(
      <OperatorsPage />,
      fakeDoor({ routes: listed, channels: { 'enrolment.status': () => responder } }),
    );
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Invite a local tool' }).title).toContain('administrator'),
    );
    cleanup();
    const declined = { 'operators.inviteLocal': () => refusal('declined', 'Declined.') };
    renderScreen(<OperatorsPage />, fakeDoor({ routes: listed, channels: declined }));
    await clickWhenEnabled('Invite a local tool');
    fireEvent.click(screen.getByRole('button', { name: 'Sign and invite' }));
    expect((await screen.findByTestId('signing-declined')).textContent).toContain('Nothing was sent.');
  });
});
