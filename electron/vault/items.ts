import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { thumbprint } from '../../shared/http/sign.ts';
import type { HeldType } from '../../shared/http/vault-items.ts';
import { deriveProcessKeys } from '../../shared/service/keys.ts';
import type { ProcessKeys, ProcessName } from '../../shared/service/launch.ts';
import type { Random } from './crypto.ts';
import { damaged } from './errors.ts';
import type { StoredItem } from './format.ts';
import { seal, unseal } from './record.ts';

/** The two that every vault has and nobody can see, rename or remove. */
export const ITEM_TYPES = ['operator-key', 'service-root'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

/** What the console knows of the log, sealed with the rest and shown to nobody. */
export const WITNESS_TYPE = 'witness-record';

/** Both kinds are 32 random bytes: an Ed25519 seed (RFC 8032) and the root of the service's keys. */
const SECRET_BYTES = 32;

/** Signs without giving its key away. The key lives in OpenSSL's memory, outside the JavaScript heap. */
export interface SigningHandle {
  /** RFC 7638 thumbprint. */
  readonly keyId: string;
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
  sign(bytes: Uint8Array): Buffer;
}

/** Yields the keys of one process at a time; the root itself has no way out. */
export interface ServiceRootHandle {
  keysFor(process: ProcessName): ProcessKeys;
}

const placeOf = (vaultId: string, { id, type, version, label, canary }: Omit<StoredItem, 'secret'>) =>
  ({ column: 'item', vaultId, id, type, version, label, canary }) as const;

/** What a person puts into the vault, or the console for one. */
export interface NewSecret {
  readonly type: HeldType;
  readonly label: string;
  readonly canary: boolean;
  readonly secret: Buffer;
}

/** An item as it may be shown: everything but its value. */
export interface ItemFacts {
  readonly id: string;
  readonly type: string;
  /** Null for the two keys that the vault made for itself. */
  readonly label: string | null;
  readonly createdAt: string;
  readonly canary: boolean;
}

export const factsOf = ({ id, type, label, createdAt, canary }: StoredItem): ItemFacts => ({
  ...{ id, type, label: label ?? null, createdAt, canary: canary === true },
});

interface ItemMaterial {
  readonly vaultId: string;
  readonly root: Uint8Array;
  readonly random: Random;
}

/** Draws a new secret of this type and seals it; the value exists only within this call. */
export function newItem(m: ItemMaterial, type: ItemType, createdAt: string): StoredItem {
  const head = { id: randomUUID(), type, version: 1, createdAt };
  const secret = m.random(SECRET_BYTES);
  try {
    return { ...head, secret: seal(m.root, secret, placeOf(m.vaultId, head), m.random) };
  } finally {
    secret.fill(0);
  }
}

export function witnessItem(m: ItemMaterial, record: Buffer, createdAt: string): StoredItem {
  const head = { id: randomUUID(), type: WITNESS_TYPE, version: 1, createdAt };
  return { ...head, secret: seal(m.root, record, placeOf(m.vaultId, head), m.random) };
}

/** Seals what a person keeps. The caller wipes the secret. */
export function keptItem(
  m: ItemMaterial,
  { type, label, canary, secret }: NewSecret,
  createdAt: string,
): StoredItem {
  const head = {
    ...{ id: randomUUID(), type, version: 1, createdAt, label },
    ...(canary ? { canary: true as const } : {}),
  };
  return { ...head, secret: seal(m.root, secret, placeOf(m.vaultId, head), m.random) };
}

/** @throws VaultError `vault-damaged` */
export function openItem(root: Uint8Array, vaultId: string, item: StoredItem): Buffer {
  try {
    return unseal(root, item.secret, placeOf(vaultId, item));
  } catch (cause) {
    throw damaged(`item ${item.id} (${item.type}) does not open`, cause);
  }
}

/** Seals an item again, under another root or another label, as the next version of itself. */
export function resealItem(
  from: Pick<ItemMaterial, 'root'>,
  to: ItemMaterial,
  item: StoredItem,
  label = item.label,
): StoredItem {
  const secret = openItem(from.root, to.vaultId, item);
  const head = { ...item, version: item.version + 1, ...(label === undefined ? {} : { label }) };
  try {
    return { ...head, secret: seal(to.root, secret, placeOf(to.vaultId, head), to.random) };
  } finally {
    secret.fill(0);
  }
}

/** PKCS #8 frame of an Ed25519 seed (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8_ED25519, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** Takes the seed over and wipes it. */
export function signingHandle(seed: Buffer): SigningHandle {
  const key = privateKeyOf(seed);
  seed.fill(0);
  const publicKey = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  return {
    publicKey,
    keyId: thumbprint(publicKey, (bytes) => createHash('sha256').update(bytes).digest()),
    sign: (bytes) => sign(null, bytes, key),
  };
}

export const serviceRootHandle = (root: Buffer): ServiceRootHandle => ({
  keysFor: (process) => deriveProcessKeys(root, process),
});
