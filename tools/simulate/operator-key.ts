import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { OperatorFile } from '../../shared/http/operator-file.ts';
import { type Signer, thumbprint } from '../../shared/http/sign.ts';

export type KeyPair = NonNullable<OperatorFile['key']>;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** A new Ed25519 key pair: the raw public key and the 32-byte seed, both base64url as in a JWK (RFC 8037). */
export function newKeyPair(): KeyPair {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (x === undefined || d === undefined) throw new TypeError('an Ed25519 JWK has x and d');
  return { publicKey: x, privateKey: d };
}

export function signerOf(pair: KeyPair): Signer {
  const key = createPrivateKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: pair.publicKey, d: pair.privateKey },
  });
  return {
    keyId: thumbprint(pair.publicKey, sha256),
    sign: (bytes) => sign(null, bytes, key),
    now: () => Date.now(),
    nonce: () => randomBytes(16).toString('base64url'),
    sha256,
  };
}
