import type { VaultContents, VaultSlot, VaultUses } from '../../shared/ipc/vault.ts';
import type { Holdings } from '../vault/holdings.ts';
import { isPassphraseSlot, type Slot } from '../vault/slots.ts';
import type { Vault } from '../vault/vault.ts';
import type { VaultAnswers } from './protocol.ts';

/** So many uses fit a screen that is scrolled; the ledger has all of them. */
const SHOWN_USES = 200;

function slotFacts(slot: Slot): VaultSlot {
  const argon2 = isPassphraseSlot(slot)
    ? { memoryMib: slot.kdf.memoryKib / 1024, passes: slot.kdf.passes, lanes: slot.kdf.lanes }
    : null;
  const set = slot.kind === 'recovery-shares' ? slot.set : null;
  const shares = set && { threshold: set.threshold, count: set.count, set: set.id };
  return { kind: slot.kind, argon2, shares };
}

async function contentsOf(holdings: Holdings): Promise<VaultContents> {
  const { writtenAt, generation, slots } = holdings.content;
  const counter = await holdings.counter();
  return { writtenAt, generation, counter, slots: slots.map(slotFacts), items: holdings.list() };
}

async function usesOf(holdings: Holdings): Promise<VaultUses> {
  const { uses, unsent } = await holdings.journal.recent(SHOWN_USES);
  return { uses: uses.map(({ id, at, action, item }) => ({ id, at, action, item })), unsent };
}

/** What main may know of an open vault: facts and signed uses, no value. */
export const answerOf = async (
  holdings: Holdings,
  vault: Pick<Vault, 'attackKeychain'>,
  what: keyof VaultAnswers,
): Promise<VaultAnswers[keyof VaultAnswers]> => {
  if (what === 'keychain') return (await vault.attackKeychain()) ?? 'missing';
  if (what === 'contents') return contentsOf(holdings);
  return what === 'uses' ? usesOf(holdings) : holdings.journal.unsent();
};
