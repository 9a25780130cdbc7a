import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import {
  AUTONOMY_ROUTES,
  MINT,
  SESSION,
  statusOf,
  taskOf,
  URL_OF_TASK,
} from '../../../tests/fixtures/screen/payer.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { idOf } from '../../../tests/fixtures/screen/samples.ts';
import { AutonomyPage } from './page.tsx';
import { taskProblems, whyNoTask } from './task-order.ts';

afterEach(cleanup);

type Script = NonNullable<Parameters<typeof fakeDoor>[0]>;
async function full(
  routes: NonNullable<Script['routes']> = {},
  channels: NonNullable<Script['channels']> = {},
) {
  const fake = fakeDoor({ routes: { ...AUTONOMY_ROUTES, ...routes }, channels });
  renderScreen(<AutonomyPage />, fake);
  await screen.findByTestId('payer');
  return fake;
}

const press = async (name: string | RegExp) => {
  const button = (await screen.findByRole('button', { name })) as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  fireEvent.click(button);
};

describe('granting', () => {
  const fill = (dialog: HTMLElement, label: string, value: string) =>
    fireEvent.change(within(dialog).getByLabelText(label), { target: { value } });
  const sign = (dialog: HTMLElement, name: string) =>
    fireEvent.click(within(dialog).getByRole('button', { name }));

  it('adds a task with what it is worth and what it may cost, and says what the service would refuse', async () => {
    const fake = await full({ 'autonomy.create': () => ({ task: taskOf(3), eventId: idOf('evt', 3) }) });
    await screen.findByTestId('session-row');
    await press('Add a task');
    const dialog = await screen.findByTestId('add-task');
    fill(dialog, 'Resource', 'https://elsewhere.example/report');
    fill(dialog, 'Worth of a fetch', '100');
    fill(dialog, 'Most that a fetch may cost', '2001');
    fill(dialog, 'Fresh for (seconds)', '59');
    sign(dialog, 'Sign and add');
    for (const said of [/AUTONOMY_HOSTS allows data.example/, /costs more than it is worth/, /from 60 to/])
      expect(within(dialog).getByText(said)).toBeTruthy();
    fill(dialog, 'Worth of a fetch', '5000');
    expect(within(dialog).getByText('One payment may be 2000 at most.')).toBeTruthy();
    expect(fake.calls('autonomy.create')).toEqual([]);
    fill(dialog, 'Resource', URL_OF_TASK);
    fill(dialog, 'Most that a fetch may cost', '1500');
    fill(dialog, 'Fresh for (seconds)', '3600');
    expect(within(dialog).getByText('0.001500 of the token')).toBeTruthy();
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain('1500');
    sign(dialog, 'Sign and add');
    await screen.findByTestId('add-task-done');
    expect(fake.calls('autonomy.create')).toEqual([
      {
        route: 'autonomy.create',
        body: {
          ...{ url: URL_OF_TASK, sessionId: idOf('pse', 1), asset: MINT, value: '5000', cost: '1500' },
          freshnessSeconds: 3600,
        },
      },
    ]);
  });

  it('says why no task can be added, and when the chosen session has ended meanwhile', async () => {
    const fake = await full({ 'sessions.active': () => ({ sessions: [], nextCursor: null }) });
    await screen.findByTestId('no-sessions');
    await press('Add a task');
    expect((await screen.findByTestId('sign-blocked')).textContent).toContain('Issue one first');
    expect(fake.calls('autonomy.create')).toEqual([]);
    const typed = {
      ...{ url: URL_OF_TASK, sessionId: idOf('pse', 9), asset: MINT, value: '2', cost: '1' },
      freshness: '60',
    };
    expect(taskProblems(typed, statusOf(), [SESSION])).toEqual({
      sessionId: 'This session can no longer sign. Choose another.',
    });
    expect(whyNoTask({ hosts: [], assets: [] }, [SESSION])).toContain('AUTONOMY_HOSTS');
  });

  it('issues a session with its allowance, and never one that was not typed', async () => {
    const fake = await full({ 'sessions.issue': () => ({ session: SESSION, eventId: idOf('evt', 4) }) });
    await press('Issue a session');
    const dialog = await screen.findByTestId('issue-session');
    fill(dialog, 'Signatures', '');
    fill(dialog, 'Lives for (seconds)', '86401');
    sign(dialog, 'Sign and issue');
    for (const said of [/Say what the session is for/, /from 1 to 1,000/, /from 1 to 86,400/])
      expect(within(dialog).getByText(said)).toBeTruthy();
    expect(fake.calls('sessions.issue')).toEqual([]);
    fill(dialog, 'Purpose', ' reports ');
    fill(dialog, 'Signatures', '5');
    fill(dialog, 'Lives for (seconds)', '600');
    expect(within(dialog).getByText('That is 10 min.')).toBeTruthy();
    sign(dialog, 'Sign and issue');
    await screen.findByTestId('issue-done');
    expect(fake.calls('sessions.issue')).toEqual([
      {
        route: 'sessions.issue',
        body: { purpose: 'reports', expiresInSeconds: 600, signatureAllowance: 5 },
      },
    ]);
  });

  it('revokes a session with a reason, and shows why the service refused', async () => {
    const gone = `${SESSION.id} is EXPIRED; it never signs again`;
    const fake = await full({ 'sessions.revoke': () => refusal('request-failed', gone) });
    await press('Revoke the session reports');
    const dialog = await screen.findByTestId('revoke-session');
    sign(dialog, 'Sign and revoke for ever');
    expect(fake.calls('sessions.revoke')).toEqual([]);
    fill(dialog, 'Reason', 'not needed');
    sign(dialog, 'Sign and revoke for ever');
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('EXPIRED');
    fake.routes['sessions.revoke'] = () => ({
      session: { ...SESSION, state: 'REVOKED' },
      eventId: idOf('evt', 5),
    });
    sign(dialog, 'Sign and revoke for ever');
    await screen.findByTestId('revoke-done');
    expect(fake.calls('sessions.revoke')[1]).toEqual({
      ...{ route: 'sessions.revoke', params: { id: SESSION.id }, body: { reason: 'not needed' } },
    });
  });

  it('prolongs a session without adding to its allowance', async () => {
    const fake = await full({ 'sessions.refresh': () => ({ session: SESSION, eventId: idOf('evt', 6) }) });
    await press('Prolong the session reports');
    const dialog = await screen.findByTestId('prolong-session');
    fill(dialog, 'Lives for (seconds)', '7200');
    sign(dialog, 'Sign and prolong');
    await screen.findByTestId('prolong-done');
    expect(fake.calls('sessions.refresh')[0]?.body).toEqual({ expiresInSeconds: 7200 });
  });
});
