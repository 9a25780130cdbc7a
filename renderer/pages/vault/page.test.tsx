import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { AppChannel } from '../../../shared/ipc/app.ts';
import type { VaultContents, VaultUses } from '../../../shared/ipc/vault.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { RUNNING } from '../../../tests/fixtures/screen/samples.ts';
import { VaultPage } from './page.tsx';

afterEach(cleanup);

const AT = '2026-01-02T03:04:05.000Z';
const item = (n: number, change: Partial<VaultContents['items'][number]> = {}) => ({
  ...{
    id: `0000000${n}-0000-4000-8000-000000000000`,
    type: 'note',
    label: `item ${n}`,
    createdAt: AT,
    canary: false,
  },
  ...change,
});
const CONTENTS: VaultContents = {
  ...{ writtenAt: AT, generation: 7, counter: 7 },
  slots: [
    { kind: 'passphrase-only', argon2: { memoryMib: 512, passes: 4, lanes: 4 }, shares: null },
    { kind: 'recovery', argon2: null, shares: null },
  ],
  items: [
    item(1, { type: 'operator-key', label: null }),
    item(2, { type: 'wallet-key', label: 'treasury' }),
    item(3, { label: 'bait', canary: true }),
  ],
};
const { createdAt: _, ...bait } = item(3, { label: 'bait', canary: true });
const USES: VaultUses = { uses: [{ id: 'u', at: AT, action: 'reveal', item: bait }], unsent: 3 };

const doorWith = (channels: Partial<Record<AppChannel, (payload: unknown) => unknown>> = {}) =>
  fakeDoor({
    channels: {
      'vault.contents': () => CONTENTS,
      'vault.uses': () => USES,
      'vault.openTask': () => null,
      ...channels,
    },
  });

describe('the vault', () => {
  it('names the downgrade, the cost, the counter and every secret without a value', async () => {
    renderScreen(<VaultPage />, doorWith());
    const protection = await screen.findByTestId('vault-protection');
    expect(protection.textContent).toContain('passphrase only: whoever copies the file can guess at it');
    expect(protection.textContent).toContain('Argon2id 512 MiB, 4 passes');
    expect(protection.textContent).toContain('7, as in the keychain');
    const rows = screen.getAllByTestId('vault-item').map((row) => row.textContent ?? '');
    expect(rows).toHaveLength(3);
    expect(rows.some((row) => row.includes('treasury') && row.includes('Wallet key pair'))).toBe(true);
    expect(rows.some((row) => row.includes('bait') && row.includes('canary'))).toBe(true);
  });

  it('asks for a window for each act and sends no secret', async () => {
    const fake = doorWith();
    renderScreen(<VaultPage />, fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Reveal treasury' }));
    fireEvent.click(screen.getByRole('button', { name: 'Add a secret' }));
    await waitFor(() => expect(fake.asked.some(({ channel }) => channel === 'vault.openTask')).toBe(true));
    const first = fake.asked.find(({ channel }) => channel === 'vault.openTask');
    expect(first?.payload).toEqual({ task: 'reveal', itemId: CONTENTS.items[1]?.id });
    // The keys of the vault itself take no act.
    expect(screen.queryByRole('button', { name: /operator key$/ })).toBeNull();
  });

  it('narrows by kind and label, and says when nothing matches', async () => {
    renderScreen(<VaultPage />, doorWith());
    await screen.findByTestId('vault-items');
    fireEvent.change(screen.getByLabelText('Label contains'), { target: { value: 'TREAS' } });
    expect(screen.getAllByTestId('vault-item')).toHaveLength(1);
    fireEvent.change(screen.getByLabelText('Label contains'), { target: { value: 'nothing' } });
    expect(screen.getByText('No secret matches')).toBeTruthy();
  });

  it('says which uses wait, and that the service is away when it is', async () => {
    const { stores } = renderScreen(<VaultPage />, doorWith());
    const uses = await screen.findByTestId('vault-uses');
    expect(within(uses).getByText('canary touched')).toBeTruthy();
    expect(uses.textContent).toContain('3 wait for the ledger: being sent');
    stores.service.set({ ...RUNNING, state: 'down' }, Date.now());
    await waitFor(() => expect(uses.textContent).toContain('the service is away'));
  });

  it('offers a drill where there are shares, and names their set', async () => {
    const shares = { threshold: 3, count: 5, set: 'a1b2c3d4' };
    const slots = [...CONTENTS.slots, { kind: 'recovery-shares' as const, argon2: null, shares }];
    renderScreen(
      <VaultPage />,
      doorWith({ 'vault.contents': () => ({ ...CONTENTS, counter: null, slots }) }),
    );
    const recovery = await screen.findByTestId('vault-recovery');
    expect(recovery.textContent).toContain('any 3 of 5 (set a1b2c3d4)');
    expect(within(recovery).getByRole('button', { name: 'Drill the shares' })).toBeTruthy();
    expect(screen.getByTestId('vault-protection').textContent).toContain('would go unnoticed');
  });

  it('waits, and says why it is locked or failed', async () => {
    renderScreen(<VaultPage />, doorWith({ 'vault.contents': never }));
    expect(screen.getByText(/contents of the vault/)).toBeTruthy();
    cleanup();
    const locked = () => refusal('locked', 'The vault is locked. Unlock it and try again.');
    renderScreen(<VaultPage />, doorWith({ 'vault.contents': locked, 'vault.uses': locked }));
    expect((await screen.findAllByText(/The vault is locked/)).length).toBeGreaterThan(0);
  });
});
