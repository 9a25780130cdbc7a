import type { CustodyState, SecretCopy } from '../../shared/ipc/custody.ts';
import type { Ceremony } from '../custody/ceremony.ts';
import type { ImportedWallet } from '../custody/imports.ts';
import type { Holdings } from '../vault/holdings.ts';

type Items = ReturnType<Holdings['list']>;

export const heldHow = (second: string | null): string =>
  second === null ? 'item of this vault' : `item of this vault; opens with the key of ${second} as well`;

/** An item of the vault with the key of this wallet, and the shares that open the vault. */
export function copiesInVault(
  address: string,
  { isKept, second, hasShares }: { isKept: boolean; second: string | null; hasShares: boolean },
): SecretCopy[] {
  const state = isKept ? 'kept' : 'retired';
  const item: SecretCopy = {
    ...{ address, where: 'vault', state, detail: heldHow(second) },
    proof: isKept ? 'In the vault and in its spare' : 'Destroyed here; the signed journal says when',
  };
  const shares: SecretCopy = {
    ...{ address, where: 'shares', state, detail: 'recovery shares of this vault' },
    proof: 'They open the vault that holds it; re-key the vault to end them',
  };
  return isKept && hasShares ? [item, shares] : [item];
}

/** The proposal by which two persons retired this wallet after it was swept; null while none did. */
export function retiredBy(fingerprint: string, ceremonies: readonly Ceremony[]): string | null {
  for (const { done } of ceremonies)
    if (done.generated?.former?.fingerprint === fingerprint && done.sunset?.proof === 'item-destroyed')
      return done.sunset.retirement.proposal;
  return null;
}

/**
 * Of a wallet that was put under two keys: the vault's items, and what it was imported from. That one is somewhere that no console
 * sees, so nothing but the end of the wallet itself ends it.
 */
export function copiesOfImported(
  { wallet: { address, fingerprint }, item, singles, persons }: ImportedWallet,
  { items, ceremonies, hasShares }: { items: Items; ceremonies: readonly Ceremony[]; hasShares: boolean },
): SecretCopy[] {
  const isThere = (id: string): boolean => items.some((one) => one.id === id);
  const proposal = retiredBy(fingerprint, ceremonies);
  const outside: SecretCopy = {
    ...{ address, where: 'outside', detail: 'what the wallet was imported from; opens it alone' },
    state: proposal === null ? 'kept' : 'retired',
    proof:
      proposal === null
        ? 'Nothing proves its end. Delete it, and rotate: a wallet that was swept and retired ends it'
        : `The wallet was swept, and two persons retired it: ${proposal}`,
  };
  return [
    ...copiesInVault(address, { isKept: isThere(item), second: persons.second.name, hasShares }),
    ...singles.flatMap((id) => copiesInVault(address, { isKept: isThere(id), second: null, hasShares })),
    outside,
  ];
}

/** A wallet that came and went is in two rotations; a copy is told once, and as kept when anything says that it is. */
export function toldOnce(copies: readonly SecretCopy[]): CustodyState['copies'] {
  const told = new Map<string, SecretCopy>();
  for (const copy of copies) {
    const key = `${copy.address} ${copy.where} ${copy.detail}`;
    if (told.get(key)?.state !== 'kept') told.set(key, copy);
  }
  return [...told.values()];
}
