/**
 * What an operator's signature covers (RFC 9421 HTTP Message Signatures, SPEC 8). Both sides read this file, so neither
 * can drift. `sallyport-card` is covered above `routine` risk and holds the hash of the card that was shown.
 */
export const SIGNATURE_LABEL = 'sallyport';
export const SIGNATURE_TAG = 'sallyport-admin';
/** The second person's signature over the digest of a proposal, which it carries in its body. */
export const APPROVAL_TAG = 'sallyport-approval';
export const SIGNATURE_ALGORITHM = 'ed25519';

export const CARD_HEADER = 'sallyport-card';

/** Longest `expires - created` and greatest clock skew accepted, in seconds. */
export const SIGNATURE_LIFETIME_SECONDS = 60;
/** An approval may be made away from the service and carried to it. */
export const APPROVAL_LIFETIME_SECONDS = 24 * 3600;
export const MAX_SKEW_SECONDS = 60;

export const COMPONENTS_ROUTINE = [
  '@method',
  '@target-uri',
  'content-type',
  'content-digest',
  'idempotency-key',
] as const;

export const SIGNATURE_PARAMETERS = ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'] as const;

/** Components that the signature of a request of this risk must cover, in this order. */
export const componentsFor = (risk: 'routine' | 'sensitive' | 'critical'): readonly string[] =>
  risk === 'routine' ? COMPONENTS_ROUTINE : [...COMPONENTS_ROUTINE, CARD_HEADER];

/** RFC 9530: `sha-256=:base64:` over the raw bytes. */
export const contentDigest = (sha256Base64: string): string => `sha-256=:${sha256Base64}:`;
