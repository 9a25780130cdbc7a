import canonicalize from 'canonicalize';
import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { ed25519PublicKey, keyThumbprint, operatorName } from './operator-parts.ts';

/** A proposal waits this long for its second person; so long an approval may be good at most (SPEC 8). */
export const PROPOSAL_LIFETIME_SECONDS = 24 * 3600;

export const PROPOSAL_STATES = ['open', 'executed', 'withdrawn', 'expired'] as const;
export const proposalState = z.enum(PROPOSAL_STATES);

export const proposalDigest = z.string().regex(/^[0-9a-f]{64}$/, 'expected SHA-256 in lower-case hex');

/** Everything that two persons put their names to. Who proposes signs all of it but the constants; who approves signs its digest. */
export const proposalContent = z.object({
  version: z.literal(1),
  route: z.string(),
  method: z.string(),
  /** Absolute target URI under the configured origin of the admin plane. */
  target: z.string(),
  /** The request's body as it was sent, to the byte. */
  body: z.string(),
  proposer: z.object({ id: idOf('operator'), name: operatorName, keyId: keyThumbprint }),
  /** The nonce of the proposing signature: accepted once for ever, so no two proposals have one digest. */
  nonce: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type ProposalContent = z.infer<typeof proposalContent>;

/** One of the two signatures, judged afresh whenever it is shown: a retired key still proves what it signed once. */
const proposalSignature = z.object({
  operatorId: z.string(),
  name: z.string(),
  keyId: keyThumbprint,
  keyState: z.enum(['active', 'retired', 'enrolling']),
  signedAt: z.iso.datetime(),
  valid: z.boolean(),
});
export type ProposalSignature = z.infer<typeof proposalSignature>;

/** The proposing signature, whole: what another console judges for itself when the proposal is brought to it. */
export const proposalProof = z.strictObject({
  publicKey: ed25519PublicKey,
  /** Signature base (RFC 9421 section 2.5). */
  base: z.string().max(4096),
  /** Ed25519, base64url. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type ProposalProof = z.infer<typeof proposalProof>;

/** What of an approval is no part of its body: made on a console that may have no connection, and sent by another. */
export const carriedSignature = z.strictObject({
  idempotencyKey: z.string().regex(/^[\x21-\x7e]{8,200}$/),
  /** SHA-256 of the card that was shown. */
  card: z.string().regex(/^[0-9a-f]{64}$/),
  signatureInput: z.string().regex(/^[\x20-\x7e]{1,1024}$/),
  signature: z.string().regex(/^[\x21-\x7e]{1,200}$/),
});

export const proposal = z.object({
  id: idOf('proposal'),
  digest: proposalDigest,
  state: proposalState,
  content: proposalContent,
  proposed: proposalSignature,
  /** The second person's, once there is one. */
  approved: proposalSignature
    .extend({
      /** Name of the operator who brought it; null for one that its signer sent. */
      carriedBy: z.string().nullable(),
    })
    .nullable(),
  closedAt: z.iso.datetime().nullable(),
  closedBy: z.string().nullable(),
  closedReason: z.string().nullable(),
  /** What was made or changed, once it is executed. */
  subject: z.string().nullable(),
});
export type Proposal = z.infer<typeof proposal>;

/** What a request is answered that waits for a second person. */
export const proposed = z.object({ proposal, eventId: idOf('entry') });

/**
 * The bytes whose SHA-256 is the digest of a proposal: JCS (RFC 8785) of its content, with the SHA-256 of the body's bytes in place
 * of the body.
 */
export function proposalBytes(
  content: ProposalContent,
  sha256: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const encoder = new TextEncoder();
  const { body, ...rest } = content;
  const bodySha256 = Array.from(sha256(encoder.encode(body)), (byte) => byte.toString(16).padStart(2, '0'));
  return encoder.encode(canonicalize({ ...rest, bodySha256: bodySha256.join('') }) as string);
}
