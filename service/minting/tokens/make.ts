import type { ActivationMode } from '../../../shared/http/minting.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import {
  createTokenCode,
  TOKEN_CODE_CHARACTERS,
  TOKEN_CODE_RANDOM_BYTES,
} from '../../../shared/ids/token-code.ts';
import { NONCE_BYTES } from '../../sealing/aead.ts';
import { type CodeKeys, codeHasher, envelopeBytes, envelopeKey, sealCode } from '../codes.ts';

export interface TokenOrder {
  readonly jobId: string;
  readonly brandId: string;
  readonly activation: ActivationMode;
  /** Position and serial of each, in order. */
  readonly places: readonly { readonly position: number; readonly serial: string }[];
}

/** Columns of `mint_tokens`, one entry a token: what one statement inserts. */
export interface MadeTokens extends Omit<TokenOrder, 'places'> {
  readonly at: Date;
  readonly ids: readonly string[];
  readonly positions: readonly number[];
  readonly serials: readonly string[];
  /** `CODE_HASH_BYTES` of each, one behind the other: a text of each would be written in hex and read again by the database. */
  readonly codeHashes: Buffer;
  /** `ENVELOPE_BYTES` of each. */
  readonly envelopes: Buffer;
}

export interface MakeDeps {
  readonly keys: CodeKeys;
  /** Bytes from a CSPRNG. */
  readonly random: (bytes: number) => Uint8Array;
}

export const CODE_HASH_BYTES = 32;
export const ENVELOPE_BYTES = envelopeBytes(TOKEN_CODE_CHARACTERS);
const ID_BYTES = 10;
const BYTES = ID_BYTES + NONCE_BYTES + TOKEN_CODE_RANDOM_BYTES;

/** Makes tokens that nobody knows yet. The code itself leaves this function only sealed and hashed. */
export function makeTokens(
  { keys, random }: MakeDeps,
  { places, ...order }: TokenOrder,
  at: Date,
): MadeTokens {
  const jobKey = envelopeKey(keys, order.jobId);
  const bytes = random(BYTES * places.length);
  const hasher = codeHasher(keys);
  const codeHashes = Buffer.alloc(CODE_HASH_BYTES * places.length);
  const envelopes = Buffer.alloc(ENVELOPE_BYTES * places.length);
  const ids = places.map((_, i) => {
    const own = bytes.subarray(i * BYTES, (i + 1) * BYTES);
    const id = makeId('mintToken', own.subarray(0, ID_BYTES), at.getTime());
    const code = createTokenCode(own.subarray(ID_BYTES + NONCE_BYTES));
    const nonce = own.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
    codeHashes.set(hasher.hash(code), CODE_HASH_BYTES * i);
    envelopes.set(sealCode(jobKey, id, code, nonce), ENVELOPE_BYTES * i);
    return id;
  });
  hasher.end();
  jobKey.fill(0);
  bytes.fill(0);
  return {
    ...order,
    at,
    ids,
    positions: places.map(({ position }) => position),
    serials: places.map(({ serial }) => serial),
    codeHashes,
    envelopes,
  };
}
