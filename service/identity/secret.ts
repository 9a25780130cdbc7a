import { createHash } from 'node:crypto';
import { base64urlnopad } from '@scure/base';
import { type CredentialFamily, displayPrefix, prefixOf } from '../../shared/ids/credentials.ts';

export const SECRET_BYTES = 32;

/** SHA-256 of the whole secret. A plain hash is enough: 128 random bits and more leave nothing to guess. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export interface NewSecret {
  /** The whole of it. It leaves the service in one answer and is kept nowhere. */
  readonly secret: string;
  readonly hash: Buffer;
  readonly displayPrefix: string;
}

/** @param random 32 bytes of a CSPRNG */
export function newSecret(family: CredentialFamily, random: Uint8Array): NewSecret {
  if (random.length !== SECRET_BYTES) throw new RangeError('a secret takes 32 random bytes');
  const secret = prefixOf(family) + base64urlnopad.encode(random);
  return { secret, hash: hashOf(secret), displayPrefix: displayPrefix(secret) };
}
