import { hashRaw } from '@node-rs/argon2';
import { z } from 'zod';
import { KEY_BYTES } from './crypto.ts';
import { VaultError } from './errors.ts';
import { base64urlOf } from './record.ts';

const KDF_SALT_BYTES = 16;

/** Stored beside the slot that they belong to. Shape only: `checkCost` bounds them before any is used. */
export const kdfParameters = z.strictObject({
  algorithm: z.literal('argon2id'),
  memoryKib: z.number().int(),
  passes: z.number().int(),
  lanes: z.number().int(),
  salt: base64urlOf(KDF_SALT_BYTES),
});
export type KdfParameters = z.infer<typeof kdfParameters>;
export type KdfCost = Pick<KdfParameters, 'memoryKib' | 'passes' | 'lanes'>;

/** Below, guessing is cheap; above, a hostile file could exhaust the machine before any key is known (SPEC 14). */
export const COST_BOUNDS = {
  memoryKib: { min: 64 * 1024, max: 1024 * 1024 },
  passes: { min: 1, max: 16 },
  lanes: { min: 1, max: 16 },
} as const;

export function checkCost(cost: KdfCost): void {
  for (const name of ['memoryKib', 'passes', 'lanes'] as const) {
    const { min, max } = COST_BOUNDS[name];
    if (!(cost[name] >= min && cost[name] <= max))
      throw new VaultError('kdf-out-of-bounds', `Argon2 ${name} is outside ${min} to ${max}.`);
  }
}

export const freshKdf = (cost: KdfCost, salt: Buffer): KdfParameters => {
  checkCost(cost);
  return {
    algorithm: 'argon2id',
    memoryKib: cost.memoryKib,
    passes: cost.passes,
    lanes: cost.lanes,
    salt: salt.toString('base64url'),
  };
};

/** Argon2id (RFC 9106), version 0x13, 32 bytes. NFKC, so that a passphrase typed on another keyboard is the same. */
export async function stretch(passphrase: string, kdf: KdfParameters): Promise<Buffer> {
  checkCost(kdf);
  return hashRaw(Buffer.from(passphrase.normalize('NFKC'), 'utf8'), {
    algorithm: 2,
    version: 1,
    memoryCost: kdf.memoryKib,
    timeCost: kdf.passes,
    parallelism: kdf.lanes,
    outputLen: KEY_BYTES,
    salt: Buffer.from(kdf.salt, 'base64url'),
  });
}
