import { describe, expect, it } from 'vitest';
import type { SecretCopy } from '../../shared/ipc/custody.ts';
import type { Ceremony } from '../custody/ceremony.ts';
import type { ImportedWallet } from '../custody/imports.ts';
import { copiesOfImported, toldOnce } from './custody-copies.ts';

const [BOTH, ALONE, NEW] = ['both', 'alone', 'new'];
const wallet = { address: 'W'.repeat(44), fingerprint: 'a'.repeat(64) };
const imported = {
  ...{ item: BOTH, wallet, singles: [ALONE] },
  persons: { first: { name: 'Mina' }, second: { name: 'Omar' } },
} as ImportedWallet;
const PROPOSAL = `prp_${'0'.repeat(26)}`;

/** A rotation away from a wallet with this fingerprint, as far as it came. */
const rotation = (fingerprint: string, isRetired: boolean) =>
  ({
    done: {
      generated: { item: NEW, wallet: {}, former: { ...wallet, fingerprint, item: BOTH } },
      ...(isRetired ? { sunset: { proof: 'item-destroyed', retirement: { proposal: PROPOSAL } } } : {}),
    },
  }) as unknown as Ceremony;

const told = (ids: readonly string[], ceremonies: readonly Ceremony[] = []) =>
  copiesOfImported(imported, {
    ...{ ceremonies, hasShares: false },
    items: ids.map((id) => ({ id })) as Parameters<typeof copiesOfImported>[1]['items'],
  }).map(({ where, state }) => `${where} ${state}`);

describe('the copies of an imported wallet', () => {
  it('are the item of two, the items of one, and what it was imported from', () => {
    expect(told([BOTH, ALONE])).toEqual(['vault kept', 'vault kept', 'outside kept']);
  });

  it('outlive what is removed here: only the retirement of the wallet ends the one outside', () => {
    expect(told([BOTH])).toEqual(['vault kept', 'vault retired', 'outside kept']);
    expect(told([])).toEqual(['vault retired', 'vault retired', 'outside kept']);
    expect(told([], [rotation(wallet.fingerprint, false)])).toContain('outside kept');
    expect(told([], [rotation('b'.repeat(64), true)])).toContain('outside kept');
    expect(told([], [rotation(wallet.fingerprint, true)])).toContain('outside retired');
    // A copy that is still in the vault is one, however dead the wallet is.
    expect(told([ALONE], [rotation(wallet.fingerprint, true)])).toContain('vault kept');
  });

  it('are told once, and as kept when anything says so', () => {
    const copy: SecretCopy = { address: 'W', where: 'vault', detail: 'item', state: 'kept', proof: '' };
    const gone: SecretCopy = { ...copy, state: 'retired' };
    for (const both of [
      [copy, gone],
      [gone, copy],
    ])
      expect(toldOnce(both)).toEqual([copy]);
    expect(toldOnce([gone, { ...copy, detail: 'another item' }])).toHaveLength(2);
  });
});
