import { createHash } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { decrypt, encrypt, hkdf, KEY_BYTES, NONCE_BYTES, type Random } from '../vault/crypto.ts';
import { readJson, refused, requireTwoPersons, type TwoPersons, twoPersons } from './persons.ts';
import { identityOf, publicKeyOf } from './wallet-key.ts';

/** Of the vault's item. */
export const SHARED_TYPE = 'two-person-wallet';
const FORMAT = 'sallyport-two-person-wallet';
const KEY_INFO = 'sallyport/two-person-wallet/v1';
const MAX_TEXT = 16 * 1024;
const DIGEST_BYTES = 32;

/** An age file of one part. */
export const sealedPart = z.string().regex(/^[A-Za-z0-9_-]{200,1000}$/);
const boxed = z.string().regex(/^[A-Za-z0-9_-]{16,200}$/);

/** Which wallet it is and whose two keys open it; bound to the key and to both of its parts. */
export const sharedHeader = twoPersons.extend({
  /** The rotation that made it, or the import that took it in. */
  ceremony: z.uuid(),
  /** The key was there before, and opened with one person's copy of it. Wallets that a rotation made have no such field. */
  origin: z.literal('imported').optional(),
  wallet: z.strictObject({
    address: z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/),
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
export type SharedHeader = z.infer<typeof sharedHeader>;

const sharedWallet = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  header: sharedHeader,
  parts: z.strictObject({ first: sealedPart, second: sealedPart }),
  /** The seed, under a key that only both parts give. */
  nonce: boxed,
  box: boxed,
});
export type SharedWallet = z.infer<typeof sharedWallet>;

const headerBytes = (header: SharedHeader): Buffer => Buffer.from(canonicalize([FORMAT, header]) ?? '');
export const headerDigest = (header: SharedHeader): Buffer =>
  createHash('sha256').update(headerBytes(header)).digest();

/** HKDF over both parts: one of them alone says nothing about the key. */
function keyOf(first: Uint8Array, second: Uint8Array, header: SharedHeader): Buffer {
  const both = Buffer.concat([first, second]);
  try {
    return hkdf(both, headerDigest(header), KEY_INFO);
  } finally {
    both.fill(0);
  }
}

/** Encrypts bytes to one recipient; what they belong to travels inside, so that a part that was stolen belongs nowhere else. */
export async function sealPart(part: Uint8Array, recipient: string, bound: Uint8Array): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const content = Buffer.concat([part, bound]);
  try {
    return Buffer.from(await encrypter.encrypt(content)).toString('base64url');
  } finally {
    content.fill(0);
  }
}

/**
 * @returns 32 bytes; the caller wipes them
 * @throws CustodyError `second-foreign` when it is of another key, `second-altered` when it belongs to something else
 */
export async function openPart(sealed: string, identity: string, bound: Uint8Array): Promise<Buffer> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const content = await decrypter.decrypt(Buffer.from(sealed, 'base64url')).catch((cause: unknown) => {
    throw refused('second-foreign', 'This part does not open with the key of this vault.', cause);
  });
  try {
    if (
      content.length !== KEY_BYTES + DIGEST_BYTES ||
      !Buffer.from(content.subarray(KEY_BYTES)).equals(bound)
    )
      throw refused('second-altered', 'This part belongs to something else. Nothing was opened.');
    return Buffer.from(content.subarray(0, KEY_BYTES));
  } finally {
    content.fill(0);
  }
}

/**
 * A wallet whose key opens with the keys of both operators and with neither alone.
 * @param seed 32 bytes; the caller wipes them
 * @throws CustodyError `same-key`, `same-person`
 */
export async function splitKey(
  seed: Uint8Array,
  { persons, ...made }: Pick<SharedHeader, 'ceremony' | 'origin'> & { readonly persons: TwoPersons },
  random: Random,
): Promise<string> {
  requireTwoPersons(persons);
  const header = sharedHeader.parse({ ...persons, ...made, wallet: identityOf(publicKeyOf(seed)) });
  const [first, second, nonce] = [random(KEY_BYTES), random(KEY_BYTES), random(NONCE_BYTES)];
  const key = keyOf(first, second, header);
  try {
    const bound = headerDigest(header);
    const whole: SharedWallet = {
      ...{ format: FORMAT, version: 1, header },
      parts: {
        first: await sealPart(first, header.first.recipient, bound),
        second: await sealPart(second, header.second.recipient, bound),
      },
      nonce: nonce.toString('base64url'),
      box: encrypt(key, nonce, headerBytes(header), seed).toString('base64url'),
    };
    return JSON.stringify(sharedWallet.parse(whole));
  } finally {
    for (const secret of [first, second, key]) secret.fill(0);
  }
}

/** What may be known of it without a key. @throws CustodyError `second-malformed`, `same-key`, `same-person` */
export function readShared(text: string): SharedWallet {
  const shared = readJson(text, sharedWallet, MAX_TEXT, 'a wallet of two persons');
  requireTwoPersons(shared.header);
  return shared;
}

/**
 * @returns the 32-byte seed; the caller wipes it
 * @throws CustodyError `second-altered`
 */
export function joinParts(
  { header, nonce, box }: SharedWallet,
  first: Uint8Array,
  second: Uint8Array,
): Buffer {
  const key = keyOf(first, second, header);
  try {
    const seed = decrypt(
      key,
      Buffer.from(nonce, 'base64url'),
      headerBytes(header),
      Buffer.from(box, 'base64url'),
    );
    if (identityOf(publicKeyOf(seed)).fingerprint === header.wallet.fingerprint) return seed;
    seed.fill(0);
  } catch (cause) {
    throw refused(
      'second-altered',
      'Both parts together do not open this wallet. Nothing was opened.',
      cause,
    );
  } finally {
    key.fill(0);
  }
  throw refused(
    'second-altered',
    'What both parts open is the key of another wallet. Nothing was done with it.',
  );
}
