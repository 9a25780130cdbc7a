import { randomUUID } from 'node:crypto';
import { KEY_BYTES, type Random } from './crypto.ts';
import { FORMAT, FORMAT_VERSION, type VaultContent } from './format.ts';
import { ITEM_TYPES, newItem, resealItem } from './items.ts';
import { formatRecoveryCode, newRecoverySecret } from './recovery-code.ts';
import { makePassphraseSlot, makeRecoverySlot, type PassphraseSlot } from './slots.ts';
import type { KdfCost } from './stretch.ts';

/** A vault that is complete in memory and not yet on disk. */
export interface Built {
  readonly content: VaultContent;
  readonly root: Buffer;
  readonly passphraseSlot: PassphraseSlot;
  /** `null` for the passphrase-only downgrade. */
  readonly keychainSecret: Buffer | null;
  readonly recoveryCode: string;
}

export interface Ingredients {
  readonly passphrase: string;
  readonly cost: KdfCost;
  readonly random: Random;
  readonly withKeychain: boolean;
  readonly writtenAt: string;
}

/** A fresh root with fresh slots for it. Items come in sealed under this root. */
async function assemble(
  vaultId: string,
  generation: number,
  given: Ingredients,
  itemsFor: (root: Buffer) => VaultContent['items'],
): Promise<Built> {
  const { random } = given;
  const root = random(KEY_BYTES);
  const keychainSecret = given.withKeychain ? random(KEY_BYTES) : null;
  const recoverySecret = newRecoverySecret(random);
  const material = { vaultId, root, random };
  const passphraseSlot = await makePassphraseSlot(material, given.passphrase, given.cost, keychainSecret);
  const slots = [passphraseSlot, makeRecoverySlot(material, recoverySecret)];
  const recoveryCode = formatRecoveryCode(recoverySecret);
  recoverySecret.fill(0);
  const head = { format: FORMAT, version: FORMAT_VERSION, vaultId, generation } as const;
  const content = { ...head, writtenAt: given.writtenAt, slots, items: itemsFor(root) };
  return { content, root, passphraseSlot, keychainSecret, recoveryCode };
}

/** A new vault with one item of every type. */
export function buildNew(given: Ingredients): Promise<Built> {
  const vaultId = randomUUID();
  return assemble(vaultId, 1, given, (root) =>
    ITEM_TYPES.map((type) => newItem({ vaultId, root, random: given.random }, type, given.writtenAt)),
  );
}

/** The same items under a new root and new slots: whoever knew the old passphrase, code or root knows nothing of it. */
export function buildRekeyed(
  content: VaultContent,
  oldRoot: Uint8Array,
  generation: number,
  given: Ingredients,
): Promise<Built> {
  const { vaultId } = content;
  return assemble(vaultId, generation, given, (root) =>
    content.items.map((item) => resealItem({ root: oldRoot }, { vaultId, root, random: given.random }, item)),
  );
}
