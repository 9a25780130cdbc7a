import { base58 } from '@scure/base';
import { z } from 'zod';
import type { KeyFormat } from '../../shared/http/vault-items.ts';
import { CustodyError } from './custody-error.ts';
import { addressBytes, identityOf, publicKeyOf, SEED_BYTES, type WalletIdentity } from './wallet-key.ts';

/** Seed, then public key: how Phantom and the Solana CLI both hold a secret key. */
const SECRET_KEY_BYTES = 64;

/** The names that the service reads from its secrets manager; both halves change together (SPEC 15). */
export const PRIVATE_HALF = 'PHANTOM_SESSION_PRIVATE_KEY';
export const PUBLIC_HALF = 'PHANTOM_WALLET_PUBLIC_KEY';

const byteArray = z.array(z.number().int().min(0).max(255)).length(SECRET_KEY_BYTES);
const payload = z.looseObject({ [PRIVATE_HALF]: z.string(), [PUBLIC_HALF]: z.string() });

const malformed = (what: string): CustodyError => new CustodyError('key-malformed', what);

/** Calls `use` with the 64 bytes and wipes them. */
function withSecretKey<T>(seed: Uint8Array, use: (secretKey: Buffer) => T): T {
  const secretKey = Buffer.concat([seed, publicKeyOf(seed)]);
  try {
    return use(secretKey);
  } finally {
    secretKey.fill(0);
  }
}

/** A wallet key as another program reads it. The text is the secret: it goes to a file or a trusted window, never to a page. */
export function writeKey(seed: Uint8Array, format: KeyFormat): string {
  return withSecretKey(seed, (secretKey) => {
    if (format === 'phantom') return base58.encode(secretKey);
    if (format === 'solana-cli') return JSON.stringify([...secretKey]);
    const { address } = identityOf(secretKey.subarray(SEED_BYTES));
    return JSON.stringify({ [PRIVATE_HALF]: base58.encode(secretKey), [PUBLIC_HALF]: address });
  });
}

/** The seed of 64 bytes whose halves belong together. Takes the bytes over and wipes them. */
function seedOf(secretKey: Buffer): Buffer {
  try {
    if (secretKey.length !== SECRET_KEY_BYTES)
      throw malformed('A Solana secret key has 64 bytes: the seed, then the public key.');
    const seed = Buffer.from(secretKey.subarray(0, SEED_BYTES));
    if (publicKeyOf(seed).equals(secretKey.subarray(SEED_BYTES))) return seed;
    seed.fill(0);
    throw new CustodyError(
      'key-mismatched',
      'The private half does not belong to the public half. Export both halves of one wallet again.',
    );
  } finally {
    secretKey.fill(0);
  }
}

function fromBase58(text: string): Buffer {
  try {
    return Buffer.from(base58.decode(text));
  } catch {
    throw malformed('This is not a key in base58. Copy it again, without spaces around it.');
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('This file is not JSON. Choose the key file that the wallet program wrote.');
  }
}

/**
 * Reads a key in any of the formats that `writeKey` writes, whichever it is.
 * @returns the 32-byte seed; the caller wipes it
 * @throws CustodyError `key-malformed`, `key-mismatched`
 */
export function readKey(text: string): Buffer {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return seedOf(fromBase58(trimmed));
  const value = fromJson(trimmed);
  const bytes = byteArray.safeParse(value);
  if (bytes.success) return seedOf(Buffer.from(bytes.data));
  const pair = payload.safeParse(value);
  if (!pair.success)
    throw malformed(`This holds neither 64 bytes nor ${PRIVATE_HALF} and ${PUBLIC_HALF} together.`);
  const seed = seedOf(fromBase58(String(pair.data[PRIVATE_HALF])));
  if (publicKeyOf(seed).equals(addressBytes(String(pair.data[PUBLIC_HALF])))) return seed;
  seed.fill(0);
  throw new CustodyError('key-mismatched', `${PUBLIC_HALF} is the address of another wallet.`);
}

/** What a key in any of these formats is, without its secret half. @throws CustodyError `key-malformed`, `key-mismatched` */
export function identityIn(text: string): WalletIdentity {
  const seed = readKey(text);
  try {
    return identityOf(publicKeyOf(seed));
  } finally {
    seed.fill(0);
  }
}
