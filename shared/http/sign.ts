import { base64, base64urlnopad, hex } from '@scure/base';
import { type Card, cardBytes } from './card.ts';
import { type ProposalContent, proposalBytes } from './proposal.ts';
import {
  APPROVAL_LIFETIME_SECONDS,
  APPROVAL_TAG,
  CARD_HEADER,
  componentsFor,
  contentDigest,
  SIGNATURE_ALGORITHM,
  SIGNATURE_LABEL,
  SIGNATURE_LIFETIME_SECONDS,
  SIGNATURE_TAG,
} from './signature.ts';

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export class SignError extends Error {
  override readonly name = 'SignError';
  readonly code:
    | 'header-unusable'
    | 'nonce-unusable'
    | 'card-missing'
    | 'card-unwanted'
    | 'lifetime-unusable';

  constructor(code: SignError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface SignatureParameters {
  /** Seconds since the epoch. */
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  /** RFC 7638 thumbprint of the signing key. */
  readonly keyId: string;
  readonly tag: string;
}

/** What a request of this risk must bring with it: the media type, the idempotency key, and no other header. */
export interface UnsignedRequest {
  readonly method: string;
  /** Absolute, with the configured public origin of the admin plane: never what a Host header says. */
  readonly targetUri: string;
  readonly headers: { readonly 'content-type': string; readonly 'idempotency-key': string };
  readonly body: Uint8Array;
  readonly risk: 'routine' | 'sensitive' | 'critical';
  /** The card that was shown; required above `routine` risk. */
  readonly card?: Card;
}

export interface Signer {
  readonly keyId: string;
  /** Raw 64-byte Ed25519 signature (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** At least 128 random bits in base64url; new for every call. */
  nonce(): string;
  readonly sha256: Sha256;
}

/** One printable line that needs no normalisation, so both sides see the same bytes. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** 16 to 48 bytes in base64url. */
export const NONCE = /^[A-Za-z0-9_-]{22,64}$/;

/** `@signature-params` (RFC 9421 section 2.3): the one spelling that this system writes and accepts. */
export const signatureParams = (components: readonly string[], p: SignatureParameters): string =>
  `(${components.map((name) => `"${name}"`).join(' ')});created=${p.created};expires=${p.expires}` +
  `;nonce="${p.nonce}";keyid="${p.keyId}";alg="${SIGNATURE_ALGORITHM}";tag="${p.tag}"`;

/** The bytes that are signed (RFC 9421 section 2.5): one line a component, in order, then the parameters. */
export const signatureBase = (
  components: readonly (readonly [name: string, value: string])[],
  params: string,
): Uint8Array =>
  new TextEncoder().encode(
    [...components.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${params}`].join(
      '\n',
    ),
  );

/** RFC 9530 digest of a body. */
export const digestOf = (body: Uint8Array, sha256: Sha256): string =>
  contentDigest(base64.encode(sha256(body)));

/** Value of the `sallyport-card` header. */
export const cardDigest = (card: Card, sha256: Sha256): string => hex.encode(sha256(cardBytes(card)));

/** The digest that two persons sign, in lower-case hex. */
export const proposalDigestOf = (content: ProposalContent, sha256: Sha256): string =>
  hex.encode(sha256(proposalBytes(content, sha256)));

/** RFC 7638 thumbprint of an Ed25519 public key (members as RFC 8037 requires them): the `keyid` of its signatures. */
export const thumbprint = (publicKey: string, sha256: Sha256): string =>
  base64urlnopad.encode(sha256(new TextEncoder().encode(`{"crv":"Ed25519","kty":"OKP","x":"${publicKey}"}`)));

function coveredHeaders(request: UnsignedRequest, sha256: Sha256): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': request.headers['content-type'],
    'content-digest': digestOf(request.body, sha256),
    'idempotency-key': request.headers['idempotency-key'],
  };
  if (request.risk === 'routine') {
    if (request.card) throw new SignError('card-unwanted', 'a routine request has no card');
    return headers;
  }
  if (!request.card) throw new SignError('card-missing', `a ${request.risk} request is signed with its card`);
  headers[CARD_HEADER] = cardDigest(request.card, sha256);
  return headers;
}

interface Purpose {
  readonly tag: string;
  readonly lifetimeSeconds: number;
}

async function signFor(
  request: UnsignedRequest,
  signer: Signer,
  { tag, lifetimeSeconds }: Purpose,
): Promise<Record<string, string>> {
  const headers = coveredHeaders(request, signer.sha256);
  const names = componentsFor(request.risk);
  const components = names.map((name): [string, string] => {
    if (name === '@method') return [name, request.method];
    if (name === '@target-uri') return [name, request.targetUri];
    const value = headers[name] ?? '';
    if (!FIELD_VALUE.test(value))
      throw new SignError('header-unusable', `header ${name} cannot be signed as it is`);
    return [name, value];
  });
  const created = Math.floor(signer.now() / 1000);
  const nonce = signer.nonce();
  if (!NONCE.test(nonce)) throw new SignError('nonce-unusable', 'a nonce is 22 to 64 base64url characters');
  const expires = created + lifetimeSeconds;
  const params = signatureParams(names, { created, expires, nonce, keyId: signer.keyId, tag });
  const signature = await signer.sign(signatureBase(components, params));
  return {
    ...headers,
    'signature-input': `${SIGNATURE_LABEL}=${params}`,
    signature: `${SIGNATURE_LABEL}=:${base64.encode(signature)}:`,
  };
}

/**
 * Signs an admin request (RFC 9421, SPEC 8).
 * @returns every header that the request must be sent with, except `authorization`
 */
export const signRequest = (request: UnsignedRequest, signer: Signer): Promise<Record<string, string>> =>
  signFor(request, signer, { tag: SIGNATURE_TAG, lifetimeSeconds: SIGNATURE_LIFETIME_SECONDS });

/**
 * Signs the approval of a proposal: the request to `proposals.approve`, whose body names the digest and whose card is
 * `proposalCard` of the proposal. Compute the digest from the content that was shown, never take it from an answer.
 * @param lifetimeSeconds how long it may wait for its way to the service, at most 24 hours
 * @returns every header that the request must be sent with, except `authorization`
 */
export async function signApproval(
  request: Omit<UnsignedRequest, 'risk'> & { readonly card: Card },
  signer: Signer,
  lifetimeSeconds = SIGNATURE_LIFETIME_SECONDS,
): Promise<Record<string, string>> {
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= APPROVAL_LIFETIME_SECONDS))
    throw new SignError('lifetime-unusable', 'an approval lives at most 24 hours');
  return signFor({ ...request, risk: 'critical' }, signer, { tag: APPROVAL_TAG, lifetimeSeconds });
}
