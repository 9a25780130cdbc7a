import { thumbprint } from '../../../shared/http/sign.ts';
import { routeOf } from '../../../shared/http/table.ts';
import type { SignatureVerdict, SignedInput } from '../../gate/exchange.ts';
import { HttpError } from '../../gate/http-error.ts';
import { requireUsablePublicKey } from '../public-key.ts';
import {
  type ApprovalCard,
  checkCard,
  checkDigest,
  checkScope,
  checkSignature,
  checkTimestamps,
  sha256,
} from './checks.ts';
import { type ParsedSignature, parseSignature } from './parse.ts';

export interface SigningOperator {
  readonly id: string;
  readonly name: string;
  readonly role: NonNullable<SignatureVerdict['operator']>['role'];
  readonly keyId: string;
  readonly publicKey: string;
}

export interface VerifyDeps {
  /** The active operator with this key, read afresh so that a revocation binds at once. */
  findOperator(keyId: string): Promise<SigningOperator | null>;
  approvalCard: ApprovalCard;
  now(): Date;
}

/** The key that a body asks to enrol: it signs for itself, which proves that somebody holds its private half. */
function enrollingKey(body: Uint8Array): string | null {
  try {
    const { publicKey } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof publicKey !== 'string') return null;
    requireUsablePublicKey(publicKey);
    return publicKey;
  } catch {
    return null;
  }
}

const unknownKey = () => new HttpError('key_unknown', 'no enrolled operator has this key');

interface SigningKey {
  readonly publicKey: string;
  readonly operator: SignatureVerdict['operator'];
}

async function checkKey(parsed: ParsedSignature, input: SignedInput, deps: VerifyDeps): Promise<SigningKey> {
  if (routeOf(input.route).policy.signed === 'by-enrolling-key') {
    const publicKey = enrollingKey(input.body);
    if (publicKey === null || thumbprint(publicKey, sha256) !== parsed.keyId)
      throw new HttpError('key_unknown', 'the signature is not by a usable key that the body enrols');
    return { publicKey, operator: null };
  }
  const found = await deps.findOperator(parsed.keyId);
  if (!found) throw unknownKey();
  const { publicKey, ...operator } = found;
  return { publicKey, operator: { type: 'operator', ...operator } };
}

/**
 * Verifies the operator's signature of one request (RFC 9421, SPEC 8). What is left is the replay check: it is a row of the
 * mutation's own transaction (`mutation.ts`), so a nonce and its effect are committed together or not at all.
 * @throws HttpError 401 with the reason
 */
export async function verifySignature(input: SignedInput, deps: VerifyDeps): Promise<SignatureVerdict> {
  const parsed = parseSignature(input.header('signature-input'), input.header('signature'));
  checkScope(parsed, input);
  checkTimestamps(parsed, input, deps.now());
  checkDigest(input);
  await checkCard(input, deps.approvalCard);
  const { publicKey, operator } = await checkKey(parsed, input, deps);
  const proof = checkSignature(parsed, input, publicKey);
  return {
    operator,
    signature: {
      keyId: parsed.keyId,
      nonce: parsed.nonce,
      created: new Date(parsed.created * 1000),
      expires: new Date(parsed.expires * 1000),
      purpose: routeOf(input.route).approves ? 'approval' : 'admin',
      proof,
    },
  };
}
