import { createHash, createPublicKey, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { ed25519PublicKey, isSamePerson, operatorName } from '../../shared/http/operator-parts.ts';
import { thumbprint } from '../../shared/http/sign.ts';
import { isLabel } from '../../shared/http/vault-items.ts';
import type { SigningHandle } from '../vault/items.ts';
import { CustodyError, type CustodyErrorCode } from './custody-error.ts';

const FORMAT = 'sallyport-introduction';
const DOMAIN = 'sallyport/introduction/v1';
const MAX_TEXT = 8 * 1024;

export const ageRecipient = z.string().regex(/^age1[a-z0-9]{58}$/);
export const signatureText = z.string().regex(/^[A-Za-z0-9_-]{86}$/);

/** A name is read by people: nothing in it draws nothing or turns the direction of what follows. */
export const personName = operatorName.refine(isLabel);

/** One operator as the other console knows them: who, which key signs for them, and which key a part is encrypted to. */
export const person = z.strictObject({
  name: personName,
  /** Raw Ed25519 key of the operator, base64url. */
  publicKey: ed25519PublicKey,
  /** Age recipient of their vault. */
  recipient: ageRecipient,
});
export type Person = z.infer<typeof person>;

/** The first keeps the wallet and asks; the second gives a part, or does not. */
export const twoPersons = z.strictObject({ first: person, second: person });
export type TwoPersons = z.infer<typeof twoPersons>;

const introduction = person.extend({
  format: z.literal(FORMAT),
  version: z.literal(1),
  signature: signatureText,
});

type SigningKey = Pick<SigningHandle, 'publicKey' | 'sign'>;

const introducedBytes = ({ name, publicKey, recipient }: Person): Buffer =>
  Buffer.from(canonicalize([DOMAIN, name, publicKey, recipient]) ?? '');

export const keyIdOf = (publicKey: string): string =>
  thumbprint(publicKey, (bytes) => createHash('sha256').update(bytes).digest());

/** Under a key of small order anybody's signature holds, so it is no key (SPEC 19.2). */
function isUsable(publicKey: string): boolean {
  try {
    const bytes = Buffer.from(publicKey, 'base64url');
    const point = ed25519.Point.fromBytes(bytes);
    // One key has one spelling: another one of the same bits would pass for a second key.
    return bytes.toString('base64url') === publicKey && !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** Whether this key signed exactly these bytes. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  if (!isUsable(publicKey)) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, bytes, key, Buffer.from(signature, 'base64url'));
}

/** A file or a code that another console wrote. @throws CustodyError `second-malformed` */
export function readJson<T>(text: string, schema: z.ZodType<T>, limit: number, what: string): T {
  try {
    if (text.length > limit) throw new RangeError('too long');
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw refused(
      'second-malformed',
      `This is not ${what}, or a part of it is missing. Transfer it again.`,
      cause,
    );
  }
}

export const refused = (code: CustodyErrorCode, message: string, cause?: unknown): CustodyError =>
  new CustodyError(code, message, cause === undefined ? undefined : { cause });

/** What one console tells another before a wallet is made that needs both. It is public. */
export function introduce(who: Person, custodian: SigningKey): string {
  const parsed = person.parse(who);
  const signature = custodian.sign(introducedBytes(parsed)).toString('base64url');
  return `${JSON.stringify({ format: FORMAT, version: 1, ...parsed, signature })}\n`;
}

/**
 * @param told the public key, as its operator told it by another way than the introduction came
 * @throws CustodyError `second-malformed`, `second-foreign`, `second-altered`
 */
export function readIntroduction(text: string, told: string): Person {
  const { name, publicKey, recipient, signature } = readJson(text, introduction, MAX_TEXT, 'an introduction');
  const who = { name, publicKey, recipient };
  if (publicKey !== told.trim())
    throw refused(
      'second-foreign',
      'This introduction is of another key than the one you were told. Ask its operator again.',
    );
  if (!isSignedBy(publicKey, introducedBytes(who), signature))
    throw refused(
      'second-altered',
      'This introduction was changed after it was signed. Ask its operator for a new one.',
    );
  return who;
}

/** A key that the service knows, and whose it is there. */
export interface KnownOperator {
  readonly keyId: string;
  readonly name: string;
  /** Whoever was revoked is still the person that they were. */
  readonly state: 'active' | 'revoked';
}

/** @throws CustodyError `same-key`, `same-person` */
export function requireTwoPersons({ first, second }: TwoPersons): void {
  if (first.publicKey === second.publicKey || first.recipient === second.recipient)
    throw refused(
      'same-key',
      'Both keys are of one console. A wallet of two persons needs the key of another operator.',
    );
  if (isSamePerson({ id: first.publicKey, name: first.name }, { id: second.publicKey, name: second.name }))
    throw refused(
      'same-person',
      'Both keys are of one person. A second key of yours makes you no second person.',
    );
}

/** A key may have been enrolled again after it was revoked. @throws CustodyError `second-revoked` */
function requireInForce({ first, second }: TwoPersons, known: readonly KnownOperator[]): void {
  for (const { name, publicKey } of [first, second]) {
    const rows = known.filter(({ keyId }) => keyId === keyIdOf(publicKey));
    if (rows.length > 0 && rows.every(({ state }) => state === 'revoked'))
      throw refused(
        'second-revoked',
        `The service has revoked the key of “${name}”. Make the wallet with an operator whose key is in force.`,
      );
  }
}

/**
 * The service knows by whom each key was enrolled; what an introduction says of itself cannot make two persons of one there.
 * @throws CustodyError `same-person`, `second-foreign`, `second-revoked`
 */
export function requireAsEnrolled({ first, second }: TwoPersons, known: readonly KnownOperator[]): void {
  const nameOf = ({ publicKey }: Person) => known.find(({ keyId }) => keyId === keyIdOf(publicKey))?.name;
  const named = { first: nameOf(first) ?? first.name, second: nameOf(second) ?? second.name };
  requireTwoPersons({ first: { ...first, name: named.first }, second: { ...second, name: named.second } });
  for (const [who, name] of [
    [first, named.first],
    [second, named.second],
  ] as const)
    if (!isSamePerson({ id: '', name: who.name }, { id: ' ', name }))
      throw refused(
        'second-foreign',
        `The service knows the key of “${who.name}” as another person’s. Use the name that it was enrolled under.`,
      );
  requireInForce({ first, second }, known);
}
