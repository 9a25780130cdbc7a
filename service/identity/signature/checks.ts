import { createHash, verify } from 'node:crypto';
import { type Card, CardError, cardFor } from '../../../shared/http/card.ts';
import { cardDigest, digestOf, NONCE, signatureBase } from '../../../shared/http/sign.ts';
import {
  APPROVAL_LIFETIME_SECONDS,
  APPROVAL_TAG,
  CARD_HEADER,
  componentsFor,
  MAX_SKEW_SECONDS,
  SIGNATURE_ALGORITHM,
  SIGNATURE_LIFETIME_SECONDS,
  SIGNATURE_TAG,
} from '../../../shared/http/signature.ts';
import { routeOf } from '../../../shared/http/table.ts';
import type { SignatureProof } from '../../gate/context.ts';
import type { SignedInput } from '../../gate/exchange.ts';
import { HttpError } from '../../gate/http-error.ts';
import { importPublicKey } from '../public-key.ts';
import type { ParsedSignature } from './parse.ts';

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const isApproval = (input: SignedInput): boolean => routeOf(input.route).approves === true;

/** What the signatures of a route are for, and how long one lives. */
const purposeOf = (input: SignedInput) =>
  isApproval(input)
    ? { tag: APPROVAL_TAG, lifetimeSeconds: APPROVAL_LIFETIME_SECONDS }
    : { tag: SIGNATURE_TAG, lifetimeSeconds: SIGNATURE_LIFETIME_SECONDS };

/** The signature is for this purpose, by this algorithm, over exactly the components of this risk, in order. */
export function checkScope(parsed: ParsedSignature, input: SignedInput): void {
  const { tag } = purposeOf(input);
  if (parsed.tag !== tag || parsed.alg !== SIGNATURE_ALGORITHM || !NONCE.test(parsed.nonce))
    throw new HttpError('signature_invalid', `sign with alg="${SIGNATURE_ALGORITHM}" and tag="${tag}"`);
  const required = componentsFor(routeOf(input.route).risk?.level ?? 'critical');
  if (parsed.components.join(' ') !== required.join(' '))
    throw new HttpError('signature_invalid', `the signature must cover exactly ${required.join(', ')}`);
}

/**
 * `created` at most 60 s ahead of our clock, `expires` at most 60 s after it and not past. So a client's clock may be off
 * by 60 s either way, and no signature lives longer than 120 s of ours; an approval lives up to 24 hours.
 */
export function checkTimestamps({ created, expires }: ParsedSignature, input: SignedInput, now: Date): void {
  const seconds = now.getTime() / 1000;
  const { lifetimeSeconds } = purposeOf(input);
  if (expires <= created || expires - created > lifetimeSeconds)
    throw new HttpError('signature_expired', `this signature lives at most ${lifetimeSeconds} s`);
  if (created > seconds + MAX_SKEW_SECONDS)
    throw new HttpError('signature_expired', 'the signature is from the future; set the clock');
  if (expires < seconds) throw new HttpError('signature_expired', 'the signature has expired; sign again');
}

/** RFC 9530 over the raw bytes, with the one algorithm that is accepted. */
export function checkDigest(input: SignedInput): void {
  if (input.header('content-digest') !== digestOf(input.body, sha256))
    throw new HttpError('digest_mismatch', 'Content-Digest does not fit the body');
}

/** Finds an open proposal's card for its approval at this target, by the digest that the body names. */
export type ApprovalCard = (digest: string, target: string) => Promise<Card | null>;

async function approvalCard(input: SignedInput, find: ApprovalCard): Promise<Card> {
  const named = /^\{"digest":"([0-9a-f]{64})"\}$/.exec(Buffer.from(input.body).toString('latin1'))?.[1];
  const card = named === undefined ? null : await find(named, input.targetUri);
  if (!card) throw new HttpError('digest_mismatch', 'no proposal has this digest; send {"digest":"…"} alone');
  return card;
}

/** The card recomputed from route, target and body, or from the proposal, is the card that was shown to whoever signed. */
export async function checkCard(input: SignedInput, find: ApprovalCard): Promise<void> {
  if (routeOf(input.route).risk?.level === 'routine') return;
  try {
    const card = isApproval(input)
      ? await approvalCard(input, find)
      : cardFor(input.route, input.targetUri, input.body);
    if (input.header(CARD_HEADER) === cardDigest(card, sha256)) return;
  } catch (error) {
    if (!(error instanceof CardError)) throw error;
  }
  throw new HttpError('card_mismatch', 'what was shown before signing is not what this request does');
}

function componentValue(name: string, input: SignedInput): string {
  if (name === '@method') return input.method;
  if (name === '@target-uri') return input.targetUri;
  const value = input.header(name);
  if (value === null) throw new HttpError('signature_invalid', `covered header ${name} is missing`);
  return value;
}

/**
 * @returns what was signed, for records that must prove themselves later
 * @throws HttpError `signature_invalid` unless the key signed exactly this request
 */
export function checkSignature(
  parsed: ParsedSignature,
  input: SignedInput,
  publicKey: string,
): SignatureProof {
  const covered = parsed.components.map((name) => [name, componentValue(name, input)] as const);
  const base = signatureBase(covered, parsed.params);
  if (verify(null, base, importPublicKey(publicKey), parsed.signature) !== true)
    throw new HttpError('signature_invalid', 'the signature does not fit this request');
  return { publicKey, base: Buffer.from(base).toString('utf8'), value: parsed.signature };
}
