import { createHash, createPublicKey, verify } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { SigningHandle } from '../vault/items.ts';
import { CustodyError } from './custody-error.ts';

const FORMAT = 'sallyport-sealed-package';
const DOMAIN = 'sallyport/sealed-package/v1';

/** A secret of 64 KiB is not a wallet; more is refused before it is decoded. */
const MAX_TEXT = 256 * 1024;
const base64url = (least: number, most: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${least},${most}}$`));

const sealedPackage = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  ceremony: z.uuid(),
  /** Age recipient (`age1…`) that can open it. */
  recipient: z.string().regex(/^age1[a-z0-9]{58}$/),
  /** RFC 7638 thumbprint of the custodian's key. */
  signer: base64url(43, 43),
  /** SHA-256 of the ciphertext. */
  digest: base64url(43, 43),
  signature: base64url(86, 86),
  /** An age file (age-encryption.org/v1). */
  ciphertext: base64url(1, MAX_TEXT),
});
export type SealedPackage = z.infer<typeof sealedPackage>;

type Signed = Pick<SealedPackage, 'ceremony' | 'recipient' | 'digest'>;

/** What the custodian signs: whose ceremony, who may open it, and exactly which bytes. */
const signedBytes = ({ ceremony, recipient, digest }: Signed): Buffer =>
  Buffer.from(canonicalize([DOMAIN, ceremony, recipient, digest]) ?? '');

const digestOf = (ciphertext: Uint8Array): string =>
  createHash('sha256').update(ciphertext).digest('base64url');

/**
 * Encrypts to the recipient and signs the result as the custodian, so that whoever opens it knows for which ceremony and by
 * whom it was made.
 */
export async function sealPackage(
  content: Uint8Array,
  { ceremony, recipient }: Pick<SealedPackage, 'ceremony' | 'recipient'>,
  custodian: Pick<SigningHandle, 'keyId' | 'sign'>,
): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const ciphertext = await encrypter.encrypt(content);
  const digest = digestOf(ciphertext);
  const made: SealedPackage = {
    format: FORMAT,
    version: 1,
    ceremony,
    recipient,
    signer: custodian.keyId,
    digest,
    signature: custodian.sign(signedBytes({ ceremony, recipient, digest })).toString('base64url'),
    ciphertext: Buffer.from(ciphertext).toString('base64url'),
  };
  return `${JSON.stringify(sealedPackage.parse(made))}\n`;
}

/** @throws CustodyError `package-malformed` */
export function parsePackage(text: string): SealedPackage {
  try {
    if (text.length > MAX_TEXT * 2) throw new RangeError('too long');
    return sealedPackage.parse(JSON.parse(text));
  } catch (cause) {
    throw new CustodyError(
      'package-malformed',
      'This is not a sealed package, or a part of it is missing. Transfer it again.',
      { cause },
    );
  }
}

export interface PackageExpectation {
  readonly ceremony: string;
  readonly recipient: string;
  /** Raw Ed25519 public keys (base64url) of the custodians that are trusted, by thumbprint. */
  readonly custodians: ReadonlyMap<string, string>;
  /** Whether a package with this digest was imported before. */
  readonly wasImported: (digest: string) => boolean;
}

function isSignedBy(publicKey: string, made: SealedPackage): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, signedBytes(made), key, Buffer.from(made.signature, 'base64url'));
}

/** Signer, signature, ceremony, recipient, digest, replay: in this order, and all before anything is decrypted. */
function requireExpected(made: SealedPackage, expected: PackageExpectation): Buffer {
  const foreign = (message: string) => new CustodyError('package-foreign', message);
  const publicKey = expected.custodians.get(made.signer);
  if (publicKey === undefined || !isSignedBy(publicKey, made))
    throw new CustodyError(
      'package-unsigned',
      'No custodian you trust has signed this package. Compare the key of its custodian and add it first.',
    );
  if (made.ceremony !== expected.ceremony)
    throw foreign('This package belongs to another ceremony. Open the ceremony it was made for.');
  if (made.recipient !== expected.recipient)
    throw foreign(
      'This package was sealed for another recipient. Ask for one that is sealed for this machine.',
    );
  const ciphertext = Buffer.from(made.ciphertext, 'base64url');
  if (digestOf(ciphertext) !== made.digest) throw foreign('This package was changed after it was signed.');
  if (expected.wasImported(made.digest))
    throw foreign('This package was imported before; it is not imported twice.');
  return ciphertext;
}

/**
 * Opens a package that is exactly the expected one.
 * @returns its content; the caller wipes it
 * @throws CustodyError `package-malformed`, `package-unsigned`, `package-foreign`, `package-unreadable`
 */
export async function openPackage(
  text: string,
  identity: string,
  expected: PackageExpectation,
): Promise<Uint8Array> {
  const ciphertext = requireExpected(parsePackage(text), expected);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(ciphertext).catch((cause: unknown) => {
    throw new CustodyError('package-unreadable', 'This package does not open with the key of this machine.', {
      cause,
    });
  });
}
