import { createPublicKey, verify } from 'node:crypto';
import { type SecretUse, secretUseText } from '../../../shared/http/secret-use.ts';

/** How far a console's clock may be ahead of ours; behind it may be by years, if it was offline for so long. */
const AHEAD_MS = 10 * 60_000;

interface Signer {
  readonly keyId: string;
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
}

/** Whether this use was signed by exactly this key, and not in the future. */
export function isOwnUse(use: SecretUse, { keyId, publicKey }: Signer, now: Date): boolean {
  if (use.signer !== keyId || Date.parse(use.at) > now.getTime() + AHEAD_MS) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, Buffer.from(secretUseText(use)), key, Buffer.from(use.signature, 'base64url'));
}
