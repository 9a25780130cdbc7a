import { createPublicKey, verify } from 'node:crypto';
import type { VerifyEd25519 } from '../../shared/ledger/checkpoint.ts';

/** Native Ed25519 verification. Keys are judged when they are registered; here they are ours or pinned. */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
