import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { hkdf, KEY_BYTES, type Random } from './crypto.ts';
import { VaultError } from './errors.ts';
import { type SealedRecord, seal, sealedRecord, unseal } from './record.ts';
import { combineShares, makeShares, type ShareScheme, shareSet } from './shares.ts';
import { freshKdf, type KdfCost, kdfParameters, stretch } from './stretch.ts';

const KEK_INFO = 'sallyport/vault/v1/kek';
const slotId = z.uuid();

/** A way to the vault root: what must be brought, and the root sealed under the key that this yields. */
export const slot = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('passphrase+keychain'),
    id: slotId,
    kdf: kdfParameters,
    root: sealedRecord,
  }),
  z.strictObject({ kind: z.literal('passphrase-only'), id: slotId, kdf: kdfParameters, root: sealedRecord }),
  z.strictObject({ kind: z.literal('recovery'), id: slotId, root: sealedRecord }),
  z.strictObject({ kind: z.literal('recovery-shares'), id: slotId, set: shareSet, root: sealedRecord }),
]);
export type Slot = z.infer<typeof slot>;
export type PassphraseSlot = Extract<Slot, { kdf: unknown }>;
export type SharesSlot = Extract<Slot, { kind: 'recovery-shares' }>;
export type RecoverySlot = Extract<Slot, { kind: 'recovery' }>;

export const isPassphraseSlot = (candidate: Slot): candidate is PassphraseSlot => 'kdf' in candidate;

/** KEK = HKDF(Argon2id(passphrase) || keychain secret, slot id), SPEC 14; the recovery secret takes the first place. */
function keyEncryptionKey(first: Uint8Array, keychainSecret: Uint8Array | null, id: string): Buffer {
  const ikm = Buffer.concat([first, keychainSecret ?? Buffer.alloc(0)]);
  try {
    return hkdf(ikm, Buffer.from(id, 'utf8'), KEK_INFO);
  } finally {
    ikm.fill(0);
  }
}

const place = (vaultId: string, id: string, type: Slot['kind']) =>
  ({ column: 'slot', vaultId, id, type, version: 1 }) as const;

function unwrap(kek: Buffer, vaultId: string, from: Slot): Buffer {
  try {
    return unseal(kek, from.root, place(vaultId, from.id, from.kind));
  } finally {
    kek.fill(0);
  }
}

function wrap(kek: Buffer, root: Uint8Array, target: ReturnType<typeof place>, random: Random): SealedRecord {
  try {
    return seal(kek, root, target, random);
  } finally {
    kek.fill(0);
  }
}

interface SlotMaterial {
  readonly vaultId: string;
  readonly root: Uint8Array;
  readonly random: Random;
}

/** @param keychainSecret `null` makes the downgrade that needs the passphrase only */
export async function makePassphraseSlot(
  { vaultId, root, random }: SlotMaterial,
  passphrase: string,
  cost: KdfCost,
  keychainSecret: Uint8Array | null,
): Promise<PassphraseSlot> {
  const id = randomUUID();
  const kind = keychainSecret ? 'passphrase+keychain' : 'passphrase-only';
  const kdf = freshKdf(cost, random(16));
  const stretched = await stretch(passphrase, kdf);
  const kek = keyEncryptionKey(stretched, keychainSecret, id);
  stretched.fill(0);
  return { kind, id, kdf, root: wrap(kek, root, place(vaultId, id, kind), random) };
}

/** @throws VaultError `wrong-passphrase`, which says no more than that */
export async function openPassphraseSlot(
  from: PassphraseSlot,
  vaultId: string,
  passphrase: string,
  keychainSecret: Uint8Array | null,
): Promise<Buffer> {
  const stretched = await stretch(passphrase, from.kdf);
  const kek = keyEncryptionKey(stretched, keychainSecret, from.id);
  stretched.fill(0);
  try {
    return unwrap(kek, vaultId, from);
  } catch (cause) {
    throw new VaultError('wrong-passphrase', 'Wrong passphrase.', { cause });
  }
}

export function makeRecoverySlot({ vaultId, root, random }: SlotMaterial, secret: Uint8Array): RecoverySlot {
  const id = randomUUID();
  const kek = keyEncryptionKey(secret, null, id);
  return { kind: 'recovery', id, root: wrap(kek, root, place(vaultId, id, 'recovery'), random) };
}

/** @throws VaultError `wrong-recovery-code` */
export function openRecoverySlot(from: RecoverySlot, vaultId: string, secret: Uint8Array): Buffer {
  try {
    return unwrap(keyEncryptionKey(secret, null, from.id), vaultId, from);
  } catch (cause) {
    throw new VaultError('wrong-recovery-code', 'This recovery code does not belong to this vault.', {
      cause,
    });
  }
}

/** A slot that any `threshold` of its shares open, with their words, which exist only until they have been written down. */
export async function makeSharesSlot(
  { vaultId, root, random }: SlotMaterial,
  scheme: ShareScheme,
): Promise<{ readonly slot: SharesSlot; readonly words: readonly string[] }> {
  const id = randomUUID();
  const secret = random(KEY_BYTES);
  try {
    const { set, words } = await makeShares(secret, scheme, random);
    const kek = keyEncryptionKey(secret, null, id);
    const sealed = wrap(kek, root, place(vaultId, id, 'recovery-shares'), random);
    return { slot: { kind: 'recovery-shares', id, set, root: sealed }, words };
  } finally {
    secret.fill(0);
  }
}

/** @throws VaultError `wrong-share`, `too-few-shares` */
export async function openSharesSlot(
  from: SharesSlot,
  vaultId: string,
  texts: readonly string[],
): Promise<Buffer> {
  const secret = await combineShares(texts, from.set);
  try {
    return unwrap(keyEncryptionKey(secret, null, from.id), vaultId, from);
  } catch (cause) {
    throw new VaultError('wrong-share', 'These shares do not open this vault.', { cause });
  } finally {
    secret.fill(0);
  }
}
