import { createPublicKey, hash, verify } from 'node:crypto';
import type { EvidenceCrypto } from '../../shared/ledger/trust.ts';

/** The native primitives that the pure verification is given. */
export const nativeCrypto: EvidenceCrypto = {
  sha256: Object.assign((data: Uint8Array) => hash('sha256', data, 'buffer'), {
    hex: (data: Uint8Array) => hash('sha256', data, 'hex'),
  }),
  verifyEd25519: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, message, key, signature);
  },
};
