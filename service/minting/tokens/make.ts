import type { ActivationMode } from '../../../shared/http/minting.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import { createTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../../shared/ids/token-code.ts';
import { NONCE_BYTES } from '../../sealing/aead.ts';
import { type CodeKeys, envelopeKey, hashCode, sealCode } from '../codes.ts';

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
  readonly codeHashes: readonly Buffer[];
  readonly envelopes: readonly Buffer[];
}

export interface MakeDeps {
  readonly keys: CodeKeys;
  /** Bytes from a CSPRNG. */
  readonly random: (bytes: number) => Uint8Array;
}

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
  const made = places.map((_, i) => {
    const own = bytes.subarray(i * BYTES, (i + 1) * BYTES);
    const id = makeId('mintToken', own.subarray(0, ID_BYTES), at.getTime());
    const code = createTokenCode(own.subarray(ID_BYTES + NONCE_BYTES));
    const envelope = sealCode(jobKey, id, code, own.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES));
    return { id, hash: hashCode(keys, code), envelope };
  });
  jobKey.fill(0);
  bytes.fill(0);
  return {
    ...order,
    at,
    ids: made.map(({ id }) => id),
    positions: places.map(({ position }) => position),
    serials: places.map(({ serial }) => serial),
    codeHashes: made.map(({ hash }) => hash),
    envelopes: made.map(({ envelope }) => envelope),
  };
}
