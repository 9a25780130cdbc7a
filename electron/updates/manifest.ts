import { createHash, createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { UpdateError } from './update-error.ts';

export interface ReleaseKey {
  readonly id: string;
  /** Ed25519, 32 bytes in base64url. */
  readonly publicKey: string;
}

/** Says what the signature is for, so that no other document under the same key is taken for a release. */
const PURPOSE = 'sallyport release manifest v1\n';

/** A manifest names a dozen files; more bytes than this are somebody's attempt to keep us busy. */
export const MAX_MANIFEST_BYTES = 64 * 1024;

/** MAJOR.MINOR.PATCH of plain numbers: a pre-release would need an order of its own. */
export const releaseVersion = z.string().regex(/^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/);

const releaseFile = z.strictObject({
  platform: z.enum(['linux', 'darwin', 'win32']),
  arch: z.enum(['x64', 'arm64']),
  /** A name and never a path: it is looked for beside the manifest. */
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,120}$/),
  bytes: z.number().int().positive(),
  sha512: z.string().regex(/^[0-9a-f]{128}$/),
});
export type ReleaseFile = z.infer<typeof releaseFile>;

const releaseManifest = z.strictObject({
  product: z.literal('sallyport'),
  channel: z.string().regex(/^[a-z]{1,32}$/),
  /** Grows by at least one with every manifest of a channel, also with one that withdraws a release. */
  sequence: z.number().int().positive(),
  version: releaseVersion,
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  files: z.array(releaseFile).min(1).max(64),
});
export type ReleaseManifest = z.infer<typeof releaseManifest>;

const envelope = z.strictObject({
  /** The manifest's own bytes, in base64url: what is signed is what is read. */
  payload: z.base64url(),
  keyId: z.string().min(1).max(64),
  signature: z.base64url(),
});

export interface OpenedManifest {
  readonly manifest: ReleaseManifest;
  readonly keyId: string;
  /** SHA-256 of the payload, in hex. */
  readonly digest: string;
}

function parseJson<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UpdateError('malformed', `This file is not a ${what} of Sallyport.`, cause);
  }
}

const keyObjectOf = ({ publicKey }: ReleaseKey) =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });

/**
 * Opens an attacker-controlled manifest: nothing of the payload is parsed before a pinned key has signed it.
 * @throws UpdateError malformed, closed, foreign or forged
 */
export function openManifest(bytes: Buffer, keys: readonly ReleaseKey[]): OpenedManifest {
  if (keys.length === 0)
    throw new UpdateError(
      'closed',
      'No release key is pinned in this build, so it takes no update. Install releases by hand.',
    );
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw new UpdateError('malformed', 'This file is too large for a release manifest.');
  const { payload, keyId, signature } = parseJson(envelope, bytes.toString('utf8'), 'release manifest');
  const key = keys.find(({ id }) => id === keyId);
  if (!key)
    throw new UpdateError(
      'foreign',
      'The manifest is signed with a key that this console does not know. Do not install what came with it.',
    );
  const signed = Buffer.from(payload, 'base64url');
  const message = Buffer.concat([Buffer.from(PURPOSE), signed]);
  if (!verify(null, message, keyObjectOf(key), Buffer.from(signature, 'base64url')))
    throw new UpdateError(
      'forged',
      'The signature does not fit the manifest: one of them was changed. Do not install what came with it.',
    );
  const manifest = parseJson(releaseManifest, signed.toString('utf8'), 'release manifest');
  return { manifest, keyId, digest: createHash('sha256').update(signed).digest('hex') };
}
