import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isLabel } from '../../shared/http/vault-items.ts';
import { hkdf } from './crypto.ts';
import { damaged, VaultError } from './errors.ts';
import { sealedRecord } from './record.ts';
import { isPassphraseSlot, slot } from './slots.ts';

/**
 * `vault.sallyport` is three lines of ASCII: the content as JSON, the MAC over that line under a key from the vault root, and a
 * SHA-256 over both. The checksum tells an accident from a wrong passphrase before any key is known; only the MAC is proof.
 */
export const FORMAT = 'sallyport-vault';
/** 2 added labelled items and recovery shares; 1 is still read, and becomes 2 at the next write. */
export const FORMAT_VERSION = 2;
/** A vault of ten thousand items is 4 MB. More is not a vault, and is refused before it is read into memory. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
export const MAX_ITEMS = 10_000;
const MAC_INFO = 'sallyport/vault/v1/header-mac';

const storedItem = z.strictObject({
  id: z.uuid(),
  type: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** Counts rewrites of this item; part of what binds the record to its place. */
  version: z.number().int().min(1),
  createdAt: z.iso.datetime(),
  /** What its owner calls it; the vault's own two keys have none. */
  label: z.string().refine(isLabel).optional(),
  /** There to be touched by nobody: its use raises an alert. */
  canary: z.literal(true).optional(),
  secret: sealedRecord,
});
export type StoredItem = z.infer<typeof storedItem>;

const unique = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

const vaultContent = z
  .strictObject({
    format: z.literal(FORMAT),
    version: z.union([z.literal(1), z.literal(FORMAT_VERSION)]),
    vaultId: z.uuid(),
    generation: z.number().int().min(1),
    writtenAt: z.iso.datetime(),
    slots: z.array(slot).min(1).max(16),
    items: z.array(storedItem).max(MAX_ITEMS),
  })
  .refine((c) => unique([...c.slots, ...c.items].map((entry) => entry.id)), 'an id appears twice')
  // Exactly one passphrase slot also means that a passphrase-only slot excludes the keychain one (SPEC 14).
  .refine((c) => c.slots.filter(isPassphraseSlot).length === 1, 'not one passphrase slot')
  .refine((c) => c.slots.filter((s) => s.kind === 'recovery-shares').length <= 1, 'two sets of shares');
export type VaultContent = z.infer<typeof vaultContent>;

export interface DecodedVault {
  readonly content: VaultContent;
  /** Proves that the whole content was written by a holder of the root. @throws VaultError `vault-damaged` */
  authenticate(root: Uint8Array): void;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function macOf(root: Uint8Array, vaultId: string, line: string): string {
  const key = hkdf(root, Buffer.from(vaultId, 'utf8'), MAC_INFO);
  try {
    return createHmac('sha256', key).update(line).digest('base64url');
  } finally {
    key.fill(0);
  }
}

const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Labels may hold any letter; the file stays ASCII, so that its bytes are its characters. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export function encodeVault(content: VaultContent, root: Uint8Array): Buffer {
  const line = asciiJson(vaultContent.parse({ ...content, version: FORMAT_VERSION }));
  const authenticated = `${line}\nmac ${macOf(root, content.vaultId, line)}\n`;
  return Buffer.from(`${authenticated}sha256 ${sha256(authenticated)}\n`, 'ascii');
}

function parseContent(line: string): VaultContent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw damaged('its content is not readable', cause);
  }
  const version = z.looseObject({ format: z.literal(FORMAT), version: z.number() }).safeParse(value);
  if (version.success && version.data.version > FORMAT_VERSION)
    throw new VaultError(
      'vault-newer',
      'This vault was written by a newer Sallyport. Update this one to open it.',
    );
  const parsed = vaultContent.safeParse(value);
  if (!parsed.success) throw damaged('its content has the wrong shape', parsed.error);
  return parsed.data;
}

/** Reads attacker-controlled bytes: size, checksum and shape come first; nothing in them is used as a key or a cost here. */
export function decodeVault(bytes: Uint8Array): DecodedVault {
  if (bytes.length > MAX_FILE_BYTES) throw damaged('it is larger than any vault');
  const text = Buffer.from(bytes).toString('latin1');
  const match = /^([^\n]+)\nmac ([A-Za-z0-9_-]{43})\nsha256 ([0-9a-f]{64})\n$/.exec(text);
  if (!match) throw damaged('it is truncated or not a vault');
  const [, line = '', mac = '', checksum = ''] = match;
  if (sha256(`${line}\nmac ${mac}\n`) !== checksum) throw damaged('its checksum does not match');
  const content = parseContent(line);
  return {
    content,
    authenticate(root) {
      if (!sameText(macOf(root, content.vaultId, line), mac))
        throw damaged('it was changed by someone who does not hold its key');
    },
  };
}
