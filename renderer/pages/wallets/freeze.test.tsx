import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Wallet } from '../../../shared/http/treasury.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf } from '../../../tests/fixtures/screen/samples.ts';
import { WalletsPage } from './page.tsx';

afterEach(cleanup);

const ADA = idOf('tmu', 1);
const walletOf = (address: string, kind: Wallet['kind'], posted: string): Wallet => ({
  ...{ address, kind, posted, held: '0.00000000', available: posted, createdAt: AT },
  ...{ frozenAt: null, freeze: null, ownerId: kind === 'system' ? null : address.replace('tmu', 'acc') },
});
const WALLETS = [
  walletOf(ADA, 'account', '3.00000000'),
  walletOf(idOf('tmu', 2), 'account', '0.00000000'),
  walletOf('revenue', 'system', '4.50000000'),
];

type Routes = NonNullable<NonNullable<Parameters<typeof fakeDoor>[0]>['routes']>;

async function full(routes: Routes) {
  const fake = fakeDoor({
    routes: {
      'treasury.conservation': never,
      'treasury.wallets': () => ({ wallets: WALLETS, nextCursor: null }),
      'treasury.holds': () => ({ holds: [], nextCursor: null }),
      'treasury.postings': () => ({ postings: [], nextCursor: null }),
      ...routes,
    },
  });
  const view = renderScreen(<WalletsPage />, fake);
  await screen.findAllByTestId('wallet-row');
  return { fake, ...view };
}

const show = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

describe('freezing a wallet', () => {
  const FROZEN: Wallet = {
    ...walletOf(ADA, 'account', '3.00000000'),
    frozenAt: AT,
    freeze: { id: idOf('wfz', 1), frozenAt: AT, frozenBy: idOf('opr', 1), reason: 'a key was stolen' },
  };
  const listing = (...wallets: Wallet[]): Routes => ({
    'treasury.wallets': ({ query }) => ({
      wallets: wallets.filter(
        ({ address, freeze }) =>
          (query?.wallet === undefined || query.wallet === address) &&
          (query?.frozen !== 'only' || freeze !== null),
      ),
      nextCursor: null,
    }),
  });
  const detailOf = async (address: string) => {
    fireEvent.click(screen.getByRole('button', { name: `Details of ${address}` }));
    return within(await screen.findByTestId('wallet-detail'));
  };
  const press = async (detail: Awaited<ReturnType<typeof detailOf>>, name: string) => {
    const button = detail.getByRole('button', { name }) as HTMLButtonElement;
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
  };

  it('is signed with a reason, and sends nothing without one', async () => {
    const { fake } = await full({ 'wallets.freeze': () => ({ wallet: FROZEN, eventId: idOf('evt', 1) }) });
    await press(await detailOf(ADA), 'Freeze it');
    const dialog = within(await screen.findByTestId('wallet-freeze'));
    fireEvent.click(dialog.getByRole('button', { name: 'Sign and freeze' }));
    expect(fake.calls('wallets.freeze')).toEqual([]);
    fireEvent.change(dialog.getByLabelText('Reason'), { target: { value: ' a key was stolen ' } });
    fireEvent.click(dialog.getByRole('button', { name: 'Sign and freeze' }));
    expect((await screen.findByTestId('wallet-freeze-done')).textContent).toContain('Two persons');
    expect(fake.calls('wallets.freeze')).toMatchObject([
      { body: { wallet: ADA, reason: 'a key was stolen' } },
    ]);
  });

  it('keeps its reason for this wallet, until it is put away', async () => {
    const { fake } = await full({ 'wallets.freeze': () => refusal('declined', 'Declined.') });
    await press(await detailOf(ADA), 'Freeze it');
    const dialog = within(await screen.findByTestId('wallet-freeze'));
    fireEvent.change(dialog.getByLabelText('Reason'), { target: { value: 'stolen' } });
    const kept = { form: 'wallets.freeze', subject: ADA, fields: { reason: 'stolen' } };
    await waitFor(() => expect(fake.asked).toContainEqual({ channel: 'drafts.keep', payload: kept }));
    // Declining is no reason to forget what was typed.
    fireEvent.click(dialog.getByRole('button', { name: 'Sign and freeze' }));
    await screen.findByTestId('signing-declined');
    expect(fake.asked.some(({ channel }) => channel === 'drafts.drop')).toBe(false);
    fireEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(() =>
      expect(fake.asked).toContainEqual({ channel: 'drafts.drop', payload: { form: 'wallets.freeze' } }),
    );
  });

  it('is shown in words, found by the filter, and undone by a proposal for that freeze', async () => {
    const { fake } = await full({
      ...listing(FROZEN, ...WALLETS.slice(1)),
      'wallets.unfreeze': () => refusal('request-failed', 'It waits already.'),
    });
    const [first, second] = screen.getAllByTestId('wallet-row');
    expect([first?.textContent?.includes('frozen'), second?.textContent?.includes('open')]).toEqual([
      true,
      true,
    ]);
    expect(first?.querySelector('[data-shape=bad]')).toBeTruthy();
    show('frozen');
    await waitFor(() => expect(screen.getAllByTestId('wallet-row')).toHaveLength(1));
    const detail = await detailOf(ADA);
    expect((await detail.findByTestId('wallet-frozen')).textContent).toContain('a key was stolen');
    await press(detail, 'Propose to unfreeze it');
    const dialog = within(await screen.findByTestId('wallet-unfreeze'));
    fireEvent.change(dialog.getByLabelText('Reason'), { target: { value: 'revoked' } });
    fireEvent.click(dialog.getByRole('button', { name: 'Sign and propose' }));
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('It waits already');
    expect(fake.calls('wallets.unfreeze')).toMatchObject([
      { body: { wallet: ADA, freezeId: idOf('wfz', 1), reason: 'revoked' } },
    ]);
  });

  it('says that none is frozen, and offers no system account', async () => {
    await full(listing(...WALLETS));
    const detail = await detailOf('revenue');
    expect(detail.queryByRole('button', { name: 'Freeze it' })).toBeNull();
    show('frozen');
    expect(await screen.findByTestId('empty-frozen')).toBeTruthy();
  });

  it('opens a wallet that the list does not reach back to, when somebody is sent to it', async () => {
    const old = walletOf(idOf('tmu', 9), 'account', '1.00000000');
    const routes: Routes = {
      'treasury.wallets': ({ query }) => ({
        wallets: query?.wallet === old.address ? [old] : WALLETS,
        nextCursor: null,
      }),
    };
    const { stores } = await full(routes);
    stores.ui.showWallet(old.address);
    expect((await screen.findByTestId('wallet-detail')).textContent).toContain('Freeze it');
  });
});
