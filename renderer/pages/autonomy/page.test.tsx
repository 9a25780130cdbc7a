import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { AutonomyStatus, PayerTask, Payment } from '../../../shared/http/autonomy.ts';
import type { PayerSession } from '../../../shared/http/payer-sessions.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, HASH, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { AutonomyPage } from './page.tsx';
import { tokenAmount } from './use-autonomy.ts';

afterEach(cleanup);

const MINT = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
const WALLET = 'So11111111111111111111111111111111111111112';
const URL_OF_TASK = 'https://data.example/report';
const FAR = '2999-01-01T00:00:00.000Z';

const statusOf = (change: Partial<AutonomyStatus> = {}): AutonomyStatus => ({
  ...{ paused: null, payer: WALLET, rpc: 'configured', network: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1' },
  ...{ hosts: ['data.example'], recipients: [WALLET] },
  assets: [
    {
      ...{ mint: MINT, decimals: 6, mostPerPayment: '2000', mostPerDay: '10000', spentToday: '1500' },
      balance: { amount: '998500', at: AT },
    },
  ],
  breakers: [{ target: 'rpc', state: 'open', failures: 5, since: AT, retryAt: FAR }],
  ...change,
});

const taskOf = (n: number, change: Partial<PayerTask> = {}): PayerTask => ({
  ...{
    id: idOf('tsk', n),
    url: URL_OF_TASK,
    sessionId: idOf('pse', 1),
    asset: MINT,
    value: '5000',
    cost: '2000',
  },
  ...{ freshnessSeconds: 3600, state: 'READY', pausedReason: null, priority: '30000', running: false },
  ...{ failures: 0, backoffSeconds: 0, lastError: null, lastFetchedAt: null, nextRunAt: FAR },
  ...{ createdAt: AT, createdBy: idOf('opr', 1) },
  ...change,
});

const session: PayerSession = {
  ...{ id: idOf('pse', 1), purpose: 'reports', state: 'ACTIVE', payerKey: HASH, signatureAllowance: 3 },
  ...{ signaturesUsed: 1, issuedAt: AT, issuedBy: idOf('opr', 1), refreshedAt: null, lastSignedAt: null },
  ...{ expiresAt: new Date(Date.now() + 125_000).toISOString(), endedAt: null, endedReason: null },
};

const paymentOf = (n: number, change: Partial<Payment> = {}): Payment => ({
  ...{ id: idOf('pmt', n), taskId: idOf('tsk', 1), sessionId: idOf('pse', 1), state: 'SETTLED' },
  ...{ host: 'data.example', network: 'solana-devnet', asset: MINT, decimals: 6, amount: '1500' },
  ...{ payTo: WALLET, signature: 'sig', transaction: '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9', disputed: false },
  ...{ endedReason: null, createdAt: AT, endedAt: AT },
  ...change,
});

const ROUTES = {
  'autonomy.status': () => statusOf(),
  'sessions.active': () => ({ sessions: [session], nextCursor: null }),
  'autonomy.queue': () => ({
    tasks: [
      taskOf(1, { failures: 3, backoffSeconds: 60, lastError: 'status-500' }),
      taskOf(2, { state: 'PAUSED', pausedReason: 'paid-already' }),
    ],
    nextCursor: null,
  }),
  'autonomy.payments': () => ({
    payments: [
      paymentOf(2, {
        state: 'VOID',
        transaction: null,
        disputed: true,
        endedReason: 'its blockhash expired',
      }),
      paymentOf(1),
    ],
    nextCursor: null,
  }),
};

type Script = NonNullable<Parameters<typeof fakeDoor>[0]>;
async function full(
  routes: NonNullable<Script['routes']> = {},
  channels: NonNullable<Script['channels']> = {},
) {
  const fake = fakeDoor({ routes: { ...ROUTES, ...routes }, channels });
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
    expect((screen.getByRole('button', { name: 'Pause the payer' }) as HTMLButtonElement).disabled).toBe(
      true,
    );
  });
});

it('waits, is offline and fails in words, each part for itself', async () => {
  renderScreen(<AutonomyPage />, fakeDoor({ routes: { ...ROUTES, 'autonomy.status': never } }));
  expect(screen.getAllByTestId('skeleton')[0]?.textContent).toContain('the state of the payer');
  cleanup();
  const down = () => refusal('service-down', 'Down.');
  renderScreen(<AutonomyPage />, fakeDoor({ routes: { ...ROUTES, 'autonomy.queue': down } }));
  expect((await screen.findByTestId('offline')).textContent).toContain('the queue');
});

it.each([
  ['1500', 6, '0.001500'],
  ['1', 0, '1'],
  ['123456789', 2, '1234567.89'],
])('writes %s with %i decimals as %s', (amount, decimals, text) => {
  expect(tokenAmount(amount, decimals)).toBe(text);
});
