import { createHash, createPrivateKey, randomBytes, randomUUID, sign } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { cardFor } from '../../shared/http/card.ts';
import { type Signer, signRequest, thumbprint } from '../../shared/http/sign.ts';
import { type RouteId, routeOf } from '../../shared/http/table.ts';
import type { Asked } from './client.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** PKCS #8 around a raw Ed25519 seed (RFC 8410 section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seed base64url of 32 bytes */
export function signerOf(seed: string, now: () => number): Signer {
  const raw = Buffer.from(seed, 'base64url');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' });
  const publicKey = Buffer.from(ed25519.getPublicKey(raw)).toString('base64url');
  return {
    keyId: thumbprint(publicKey, sha256),
    sign: (bytes) => sign(null, bytes, key),
    nonce: () => randomBytes(16).toString('base64url'),
    now,
    sha256,
  };
}

export interface SignedCall {
  readonly route: RouteId;
  readonly path: string;
  readonly body: unknown;
}

/** A complete signed request of the admin plane, its bearer token included. */
export async function signedRequest(
  { origin, token }: { readonly origin: string; readonly token: string },
  { route, path, body }: SignedCall,
  signer: Signer,
): Promise<Asked & { readonly body: string; readonly headers: Readonly<Record<string, string>> }> {
  const { method, risk } = routeOf(route);
  const text = JSON.stringify(body);
  const bytes = new TextEncoder().encode(text);
  const targetUri = `${origin}${path}`;
  const level = risk?.level ?? 'sensitive';
  const signed = await signRequest(
    {
      ...{ method, targetUri, body: bytes, risk: level },
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      ...(level === 'routine' ? {} : { card: cardFor(route, targetUri, bytes) }),
    },
    signer,
  );
  return { method, path, body: text, headers: { ...signed, authorization: `Bearer ${token}` } };
}
