import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Conservation, Hold, Posting, Wallet } from '../../../shared/http/treasury.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { WalletsPage } from './page.tsx';

afterEach(cleanup);

const ADA = idOf('tmu', 1);
const AGENT = idOf('tma', 2);

const walletOf = (
  address: string,
  kind: Wallet['kind'],
  posted: string,
  change: Partial<Wallet> = {},
): Wallet => ({
  ...{ address, kind, posted, held: '0.00000000', available: posted, createdAt: AT },
  ...{ frozenAt: null, freeze: null },
  ownerId: kind === 'system' ? null : address.replace('tmu', 'acc').replace('tma', 'agt'),
  ...change,
});
const WALLETS = [
  walletOf(ADA, 'account', '12345.50000000', { held: '0.50000000', available: '12345.00000000' }),
  walletOf(AGENT, 'agent', '0.00000000'),
  walletOf('revenue', 'system', '4.50000000'),
];
const BOOKS: Conservation = {
  ...{ at: AT, holds: true, sum: '0.00000000', issuance: '-12350.00000000', platformLoss: '0.00000000' },
  ...{ revenue: '4.50000000', owned: '12345.50000000', held: '0.50000000' },
  ...{ wallets: 5, postings: 4, pendingHolds: 1, disagreements: [] },
};
const HOLD: Hold = {
  ...{ id: idOf('hld', 1), wallet: ADA, amount: '0.50000000', purpose: 'generation', reference: 'gen_1' },
  ...{ state: 'pending', openedAt: AT, endedAt: null, posted: null, reason: null },
  expiresAt: new Date(Date.now() + 175_000).toISOString(),
};
const POSTING: Posting = {
  ...{ number: '4', wallet: ADA, amount: '-4.50000000', counterpart: 'revenue' },
  transfer: { id: idOf('trf', 1), kind: 'settlement', memo: null, at: AT },
};

type Routes = NonNullable<Parameters<typeof fakeDoor>[0]>['routes'];
const ROUTES: NonNullable<Routes> = {
  'treasury.conservation': () => BOOKS,
  'treasury.wallets': () => ({ wallets: WALLETS, nextCursor: null }),
  'treasury.holds': ({ query }) => ({
    holds: query?.state === undefined || query.state === 'pending' ? [HOLD] : [],
    nextCursor: null,
  }),
  'treasury.postings': () => ({ postings: [POSTING], nextCursor: null }),
};

async function full(script: Parameters<typeof fakeDoor>[0] = {}) {
  const fake = fakeDoor({ ...script, routes: { ...ROUTES, ...script?.routes } });
  const view = renderScreen(<WalletsPage />, fake);
  await screen.findAllByTestId('wallet-row');
  return { fake, ...view };
}

const show = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const openDialog = async (name: string) => {
  const button = (await screen.findByRole('button', { name })) as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  fireEvent.click(button);
  return screen.findByTestId('move-credits');
};
const fill = (dialog: HTMLElement, values: Record<string, string>) => {
  for (const [label, value] of Object.entries(values))
    fireEvent.change(within(dialog).getByLabelText(label), { target: { value } });
};

describe('the books', () => {
  it('say that every credit is accounted for, and show what the answer rests on', async () => {
    await full();
    const books = await screen.findByTestId('books');
    expect(books.textContent).toContain('every credit is accounted for');
    expect(books.textContent).toContain('5 from 4 postings');
    expect(within(books).getByTestId('books-sum').querySelector('data')?.value).toBe('0.00000000');
  });

  it('say loudly that they do not add up, and which wallet it is', async () => {
    const broken: Conservation = {
      ...BOOKS,
      ...{ holds: false, sum: '1.00000000' },
      disagreements: [
        {
          ...{ address: ADA, posted: '2.00000000', postedByEntries: '1.00000000' },
          ...{ held: '0.00000000', heldByEntries: '0.00000000' },
        },
      ],
    };
    await full({ routes: { 'treasury.conservation': () => broken } });
    const banner = await screen.findByTestId('books-broken');
    expect(banner.getAttribute('role')).toBe('alert');
    expect(banner.textContent).toContain('do not add up');
    expect(within(banner).getByTitle(ADA)).toBeTruthy();
  });
});

describe('the lists', () => {
  it('show balances with all decimals in groups, and addresses in groups', async () => {
    await full();
    const [row] = screen.getAllByTestId('wallet-row');
    expect(row?.textContent).toContain('12,345.50000000');
    expect(row?.querySelector('data')?.value).toBe('12345.50000000');
    expect(row?.querySelector('[data-testid=fingerprint]')).toBeTruthy();
  });

  it('show holds with their expiry, and ended ones on demand', async () => {
    const { fake } = await full();
    show('Holds');
    const row = await screen.findByTestId('hold-row');
    expect(row.textContent).toContain('in 2 min');
    show('expired');
    await screen.findByTestId('empty-holds');
    expect(fake.calls('treasury.holds').at(-1)?.query).toMatchObject({ state: 'expired' });
  });

  it('show postings with sign and other side', async () => {
    await full();
    show('Postings');
    const row = await screen.findByTestId('posting-row');
    expect(row.textContent).toContain('-4.50000000');
    expect(row.textContent).toContain('Revenue');
    expect(row.textContent).toContain('settlement of a hold');
  });

  it('open a wallet beside the list, and close it', async () => {
    const { fake } = await full();
    fireEvent.click(screen.getByRole('button', { name: `Details of ${ADA}` }));
    const detail = await screen.findByTestId('wallet-detail');
    await within(detail).findByText('Revenue');
    expect(detail.textContent).toContain('acc_');
    expect(fake.calls('treasury.postings').at(-1)?.query).toMatchObject({ wallet: ADA });
    fireEvent.click(within(detail).getByRole('button', { name: 'Close details' }));
    expect(screen.queryByTestId('wallet-detail')).toBeNull();
  });
});

describe('a wallet that another screen leads to', () => {
  const led = async (address: string | null, answer: () => unknown) => {
    const fake = fakeDoor({
      routes: {
        ...ROUTES,
        'treasury.wallets': ({ query }) =>
          query?.wallet === undefined ? { wallets: WALLETS, nextCursor: null } : answer(),
      },
    });
    const view = renderScreen(<WalletsPage />, fake);
    await screen.findAllByTestId('wallet-row');
    act(() => view.stores.ui.showWallet(address));
    return { fake, ...view };
  };
  const NOBODYS = idOf('tmu', 9);

  it('is said not to be there where nobody has it, and the message goes away', async () => {
    const { stores } = await led(NOBODYS, () => ({ wallets: [], nextCursor: null }));
    const missing = await screen.findByTestId('wallet-missing');
    expect(missing.textContent).toContain(NOBODYS);
    fireEvent.click(within(missing).getByRole('button', { name: 'Close' }));
    expect(stores.ui.getState().wallet).toBeNull();
    expect(screen.queryByTestId('wallet-missing')).toBeNull();
  });

  it('is said to be unread where the service refuses, and offered again', async () => {
    await led(NOBODYS, () => refusal('internal', 'It failed.'));
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
    expect(screen.queryByTestId('wallet-missing')).toBeNull();
  });

  it('opens though the list does not reach back to it, and none is asked for where none is open', async () => {
    const { fake } = await led(null, () => ({
      wallets: [walletOf(NOBODYS, 'account', '1.00000000')],
      nextCursor: null,
    }));
    expect(fake.calls('treasury.wallets').every(({ query }) => query?.limit === 200)).toBe(true);
    cleanup();
    await led(NOBODYS, () => ({ wallets: [walletOf(NOBODYS, 'account', '1.00000000')], nextCursor: null }));
    expect((await screen.findByTestId('wallet-detail')).textContent).toContain('1.00000000');
  });
});

describe('what is not there', () => {
  it('is waited for, offline, failed or stale in words', async () => {
    const only = (routes: NonNullable<Routes>) => renderScreen(<WalletsPage />, fakeDoor({ routes }));
    only({ 'treasury.conservation': never, 'treasury.wallets': never });
    expect(screen.getAllByTestId('skeleton').map((one) => one.textContent)).toEqual([
      expect.stringContaining('the books'),
      expect.stringContaining('the wallets'),
    ]);
    cleanup();
    const down = () => refusal('service-down', 'Down.');
    only({ 'treasury.conservation': down, 'treasury.wallets': down });
    expect(await screen.findAllByTestId('offline')).toHaveLength(2);
    cleanup();
    only({ ...ROUTES, 'treasury.wallets': () => refusal('internal', 'It failed.') });
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });

  it('says what to do before anybody has a wallet', async () => {
    await full({ routes: { 'treasury.wallets': () => ({ wallets: WALLETS.slice(2), nextCursor: null }) } });
    expect((await screen.findByTestId('empty')).textContent).toContain('registers');
  });
});

describe('moving credits', () => {
  it('is for those who may sign it', async () => {
    await full({ channels: { 'enrolment.status': () => NOT_ENROLLED } });
    expect(await screen.findByTestId('enrolment-call')).toBeTruthy();
    const grant = screen.getByRole('button', { name: 'Grant credits' }) as HTMLButtonElement;
    expect([grant.disabled, grant.title.includes('not enrolled')]).toEqual([true, true]);
    cleanup();
    const responder = { ...ENROLLED, operator: { id: idOf('opr', 1), name: 'R', role: 'responder' } };
    await full({ channels: { 'enrolment.status': () => responder } });
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Transfer' }).title).toContain('custodian or administrator'),
    );
  });

  it('shows the amount as it is signed, digit under digit, and signs exactly that', async () => {
    const transfer = {
      id: idOf('trf', 9),
      kind: 'admin_grant',
      from: 'issuance',
      to: ADA,
      memo: 'x',
      at: AT,
    };
    const { fake } = await full({
      routes: {
        'treasury.grant': () => ({
          transfer: { ...transfer, amount: '1234.50000000' },
          eventId: idOf('evt', 9),
        }),
      },
    });
    const dialog = await openDialog('Grant credits');
    fill(dialog, { Wallet: ADA, Amount: '1234.5', Reason: ' first month ' });
    expect(within(dialog).getByTestId('exact-amount').textContent).toBe('1,234.50000000');
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain('1234.50000000');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and grant' }));
    expect((await screen.findByTestId('credits-moved')).textContent).toContain('Issuance');
    expect(fake.calls('treasury.grant')).toEqual([
      { route: 'treasury.grant', body: { to: ADA, amount: '1234.50000000', reason: 'first month' } },
    ]);
  });

  it.each([
    ['a ninth decimal', { Amount: '0.000000001' }, 'at most eight decimals'],
    ['zero', { Amount: '0' }, 'not zero'],
    ['no address', { Wallet: 'tmu_1' }, 'another wallet'],
    ['no reason', { Reason: ' ' }, 'Say why'],
  ])('sends nothing with %s', async (_what, change, says) => {
    const { fake } = await full();
    const dialog = await openDialog('Grant credits');
    fill(dialog, { Wallet: ADA, Amount: '1', Reason: 'x', ...change });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and grant' }));
    expect(dialog.textContent).toContain(says);
    expect(fake.calls('treasury.grant')).toEqual([]);
  });

  it('begins at the wallet it was asked for, refuses it as its own destination, and tells a refusal', async () => {
    const { fake } = await full({
      routes: { 'treasury.transfer': () => refusal('request-failed', 'this takes 9 and 1 is available') },
    });
    fireEvent.click(screen.getByRole('button', { name: `Details of ${ADA}` }));
    const dialog = await openDialog('Transfer from it');
    expect((within(dialog).getByLabelText('From') as HTMLInputElement).value).toBe(ADA);
    fill(dialog, { To: ADA, Amount: '9', Reason: 'x' });
    const sign = within(dialog).getByRole('button', { name: 'Sign and transfer' });
    fireEvent.click(sign);
    expect(fake.calls('treasury.transfer')).toEqual([]);
    fill(dialog, { To: 'revenue' });
    fireEvent.click(sign);
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('1 is available');
    expect(fake.calls('treasury.transfer')).toEqual([
      {
        route: 'treasury.transfer',
        body: { from: ADA, to: 'revenue', amount: '9.00000000', reason: 'x' },
      },
    ]);
  });
});
