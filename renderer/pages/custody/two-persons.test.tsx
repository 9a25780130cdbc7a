import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { CustodyState, Rotation } from '../../../shared/ipc/custody.ts';
import { NO_CUSTODY } from '../../../tests/fixtures/no-custody.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { CustodyPage } from './page.tsx';

afterEach(cleanup);

const ITEM = '00000001-0000-4000-8000-000000000000';
const WALLET = { item: ITEM, address: 'N'.repeat(44), fingerprint: 'a'.repeat(64) };
const OPEN: Rotation = {
  ...{ id: 'r', reason: 'quarterly', wallet: WALLET, former: WALLET, way: null, secret: null, done: [] },
  ...{ next: 'sealed', unfinished: false, reverting: false, ended: null, abort: 'nothing', inFlight: [] },
  ...{ second: 'Omar', formerSecond: null },
};

function show(change: Partial<CustodyState>, act: () => unknown = () => NO_CUSTODY) {
  const channels = { 'custody.state': () => ({ ...NO_CUSTODY, ...change }), 'custody.act': act };
  const fake = fakeDoor({ channels });
  renderScreen(<CustodyPage />, fake);
  return () => fake.asked.filter(({ channel }) => channel === 'custody.act').map(({ payload }) => payload);
}

describe('wallets of two persons', () => {
  it('are none at first; another console may need this one all the same', async () => {
    const acts = show({});
    const section = await screen.findByTestId('custody-shared');
    expect(section.textContent).toContain('No wallet here needs a second operator');
    fireEvent.click(within(section).getByRole('button', { name: 'Introduce this console' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'introduce' }]));
    fireEvent.click(await screen.findByRole('button', { name: 'Approve for another console' }));
    await waitFor(() => expect(acts().at(-1)).toEqual({ act: 'approve' }));
  });

  it('are made by choosing it, and not otherwise', async () => {
    const acts = show({});
    fireEvent.change(await screen.findByLabelText('Why'), { target: { value: 'leak' } });
    fireEvent.click(screen.getByRole('checkbox', { name: /second operator’s key/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Generate a new wallet' }));
    await waitFor(() =>
      expect(acts()).toEqual([{ act: 'open', reason: 'leak', former: null, twoPersons: true }]),
    );
  });

  it('stand with both operators, and are shown and exported by asking', async () => {
    const wallet = { item: ITEM, address: WALLET.address, first: 'Mina', second: 'Omar', imported: false };
    const acts = show({ shared: [wallet] });
    const row = await screen.findByTestId('custody-shared-wallet');
    expect(row.textContent).toContain('drawn under both');
    expect(row.textContent).toContain('MinaOmar');
    fireEvent.click(within(row).getByRole('button', { name: /^Show the key/ }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'reveal-shared', item: ITEM }]));
    fireEvent.click(await screen.findByRole('button', { name: /^Export the key/ }));
    await waitFor(() => expect(acts().at(-1)).toEqual({ act: 'export-shared', item: ITEM }));
  });

  it('are imported by asking, and called what they are; the copy outside is listed beside the vault’s', async () => {
    const wallet = { item: ITEM, address: WALLET.address, first: 'Mina', second: 'Omar', imported: true };
    const copy = { address: WALLET.address, state: 'kept', proof: 'p' } as const;
    const acts = show({
      shared: [wallet],
      copies: [
        { ...copy, where: 'vault', detail: 'opens with two' },
        { ...copy, where: 'vault', detail: 'opens with one' },
        { ...copy, where: 'outside', detail: 'a file' },
      ],
    });
    expect((await screen.findByTestId('custody-shared-wallet')).textContent).toContain('it was one person’s');
    expect(screen.getAllByTestId('custody-copy').map(({ textContent }) => textContent)).toEqual([
      expect.stringContaining('opens with two'),
      expect.stringContaining('opens with one'),
      expect.stringContaining('Outside this console'),
    ]);
    fireEvent.click(screen.getByRole('button', { name: 'Import a wallet' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'import-shared' }]));
  });

  it('are sealed with the second operator, and the step says so', async () => {
    show({ current: OPEN });
    const step = await screen.findByTestId('custody-step-sealed');
    expect(step.textContent).toContain('once the second operator has approved it');
    expect(screen.queryByTestId('custody-ask-second')).toBeNull();
  });

  it('are swept after asking; why it was refused is said', async () => {
    const current = { ...OPEN, next: 'swept', second: null, formerSecond: 'Omar' } as const;
    const acts = show({ current }, () => refusal('request-failed', 'This answer was used before.'));
    const ask = await screen.findByTestId('custody-ask-second');
    expect(ask.textContent).toContain('the key of Omar');
    fireEvent.click(within(ask).getByRole('button'));
    await waitFor(() => expect(acts()).toEqual([{ act: 'ask-second' }]));
    expect(await screen.findByText('This answer was used before.')).toBeTruthy();
  });
});
