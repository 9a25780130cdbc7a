import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';

import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { AUTONOMY_ROUTES, statusOf, taskOf, URL_OF_TASK } from '../../../tests/fixtures/screen/payer.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { AutonomyPage } from './page.tsx';

import { tokenAmount } from './use-autonomy.ts';

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

describe('the payer', () => {
  it('shows its balance, what it paid today of its cap, and the breaker by shape and word', async () => {
    await full();
    const row = await screen.findByTestId('asset-row');
    expect([...row.querySelectorAll('data')].map((one) => one.value)).toEqual([
      ...['0.998500', '0.001500', '0.010000', '0.002000'],
    ]);
    const breaker = screen.getByTestId('breaker');
    expect(breaker.textContent).toMatch(/open.*Solana node, 5 failures in a row, tries again in/);
    expect(breaker.querySelector('[data-shape=bad]')).toBeTruthy();
  });

  it('says loudly that it paused itself, and why', async () => {
    const paused = { cause: 'low-balance', reason: 'the wallet holds 1', at: AT, by: 'payer' };
    await full({ 'autonomy.status': () => statusOf({ paused }) });
    const banner = screen.getByTestId('paused');
    expect(banner.getAttribute('role')).toBe('alert');
    expect(banner.textContent).toMatch(/paused itself: low-balance.*the wallet holds 1/);
  });

  it('says what is missing where nothing is configured', async () => {
    await full({ 'autonomy.status': () => statusOf({ payer: null, assets: [], breakers: [] }) });
    expect(screen.getByTestId('idle').textContent).toContain('holds no payer key');
  });
});

describe('the lists', () => {
  it('show the allowance and the time that sessions have left', async () => {
    await full();
    const row = await screen.findByTestId('session-row');
    expect(row.textContent).toMatch(/reports.*2/);
    expect(within(row).getByLabelText('Signatures of reports').getAttribute('value')).toBe('1');
    expect(row.textContent).toContain('2 min');
  });

  it('show what failed, how long it waits, and what a paused task waits for', async () => {
    await full();
    const [failing, paused] = await screen.findAllByTestId('task-row');
    expect(failing?.textContent).toMatch(/failing.*60 s, 3 failed.*status-500/);
    expect(paused?.textContent).toMatch(/paused.*never.*paid-already/);
  });

  it('show receipts, and a dispute before what became of it', async () => {
    await full();
    const [disputed, settled] = await screen.findAllByTestId('payment-row');
    expect(disputed?.textContent).toMatch(/void, disputed.*its blockhash expired/);
    expect(disputed?.querySelector('[data-shape=bad]')).toBeTruthy();
    expect(within(settled as HTMLElement).getByTitle('5VERv8NMvzbJMEkV8xnrLkEaWRtSz9')).toBeTruthy();
  });

  it('say in words that there is nothing', async () => {
    await full({
      'sessions.active': () => ({ sessions: [], nextCursor: null }),
      'autonomy.queue': () => ({ tasks: [], nextCursor: null }),
      'autonomy.payments': () => ({ payments: [], nextCursor: null }),
    });
    for (const id of ['no-sessions', 'no-tasks', 'no-payments'])
      expect(await screen.findByTestId(id)).toBeTruthy();
  });
});

describe('signing', () => {
  it('pauses the payer with a reason, and sends nothing without', async () => {
    const fake = await full({ 'autonomy.pause': () => ({ paused: true, eventId: idOf('evt', 1) }) });
    await press('Pause the payer');
    const dialog = await screen.findByTestId('switch');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and pause' }));
    expect(dialog.textContent).toContain('Say why');
    expect(fake.calls('autonomy.pause')).toEqual([]);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: ' odd payments ' } });
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain('No task is fetched');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and pause' }));
    await screen.findByTestId('switch-done');
    expect(fake.calls('autonomy.pause')).toEqual([
      { route: 'autonomy.pause', body: { reason: 'odd payments' } },
    ]);
  });

  it('resumes a task from a session that can sign', async () => {
    const answer = () => ({ task: taskOf(2), eventId: idOf('evt', 2) });
    const fake = await full({ 'autonomy.resumeTask': answer });
    await press(/^Resume the task/);
    const dialog = await screen.findByTestId('task-act');
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'pay again' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and resume' }));
    await screen.findByTestId('task-done');
    expect(fake.calls('autonomy.resumeTask')).toEqual([
      {
        route: 'autonomy.resumeTask',
        params: { id: idOf('tsk', 2) },
        body: { url: URL_OF_TASK, reason: 'pay again', sessionId: idOf('pse', 1) },
      },
    ]);
  });

  it('is for those who may', async () => {
    await full({}, { 'enrolment.status': () => NOT_ENROLLED });
    expect(await screen.findByTestId('enrolment-call')).toBeTruthy();
    await screen.findByTestId('session-row');
    for (const name of ['Pause the payer', 'Issue a session', 'Add a task', 'Revoke the session reports'])
      expect((screen.getByRole('button', { name }) as HTMLButtonElement).disabled).toBe(true);
  });
});

it('waits, is offline and fails in words, each part for itself', async () => {
  renderScreen(<AutonomyPage />, fakeDoor({ routes: { ...AUTONOMY_ROUTES, 'autonomy.status': never } }));
  expect(screen.getAllByTestId('skeleton')[0]?.textContent).toContain('the state of the payer');
  cleanup();
  const down = () => refusal('service-down', 'Down.');
  renderScreen(<AutonomyPage />, fakeDoor({ routes: { ...AUTONOMY_ROUTES, 'autonomy.queue': down } }));
  expect((await screen.findByTestId('offline')).textContent).toContain('the queue');
});

it.each([
  ['1500', 6, '0.001500'],
  ['1', 0, '1'],
  ['123456789', 2, '1234567.89'],
])('writes %s with %i decimals as %s', (amount, decimals, text) => {
  expect(tokenAmount(amount, decimals)).toBe(text);
});
