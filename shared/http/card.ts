import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import type { ProposalContent } from './proposal.ts';
import { isRouteId, type RouteId, routeOf } from './table.ts';
import { isStorable } from './text.ts';

/** One line of a card: what is set to what, decoded from the bytes that will be signed. */
export interface CardField {
  readonly label: string;
  readonly value: string;
}

/**
 * What a person sees before signing. Main, keeper and service compute it alike from the request itself; its hash is
 * inside what is signed, so a different card is a different request.
 */
export interface Card {
  readonly version: 1;
  readonly route: RouteId;
  readonly risk: 'sensitive' | 'critical';
  readonly title: string;
  readonly effect: string;
  readonly method: string;
  readonly target: string;
  readonly fields: readonly CardField[];
}

export class CardError extends Error {
  override readonly name = 'CardError';
  readonly code: 'no-card' | 'body-not-json' | 'body-not-text' | 'body-too-deep' | 'body-not-canonical';

  constructor(code: CardError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Fields that are credentials themselves: a card says that they are there, never what they are. */
const CREDENTIAL_FIELDS = new Set(['code', 'secret', 'password', 'token']);

/** Secrets that come in: a card tells them apart by the first 64 bits of their SHA-256, as every list does later. */
const MATERIAL_FIELDS = new Set(['material']);

const fingerprint = (text: string): string =>
  bytesToHex(sha256(new TextEncoder().encode(text)).subarray(0, 8));

const shown = (path: string, value: unknown): string => {
  const field = path.slice(path.lastIndexOf('.') + 1);
  if (CREDENTIAL_FIELDS.has(field)) return '(one-time credential, not shown)';
  const text = typeof value === 'string' ? value : (canonicalize(value) ?? 'null');
  return MATERIAL_FIELDS.has(field) ? `(not shown; fingerprint ${fingerprint(text)})` : text;
};

/** Deeper than any body of ours. The body is attacker-controlled, and decoding it must not exhaust the stack. */
const MAX_DEPTH = 16;

const isDeeperThan = (value: unknown, levels: number): boolean =>
  value !== null &&
  typeof value === 'object' &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)));

function flatten(value: unknown, path: string): CardField[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return [{ label: path, value: shown(path, value) }];
  return Object.keys(value)
    .sort()
    .flatMap((key) => flatten((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`));
}

/** What the act is done to comes before how it is done. */
const namesFirst = (fields: readonly CardField[], names: readonly string[]): CardField[] => [
  ...fields.filter(({ label }) => names.includes(label)),
  ...fields.filter(({ label }) => !names.includes(label)),
];

function decoded(body: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new CardError('body-not-json', 'the body of a signed request must be JSON', { cause });
  }
  if (isDeeperThan(value, MAX_DEPTH))
    throw new CardError('body-too-deep', `a signed body nests at most ${MAX_DEPTH} levels`);
  if (!isStorable(value))
    throw new CardError('body-not-text', 'text of a signed body is well-formed Unicode without NUL');
  // JSON spells what JCS cannot: 1e999 (RFC 8785 section 3.2.2). A card is hashed in JCS.
  try {
    canonicalize(value);
  } catch (cause) {
    throw new CardError('body-not-canonical', 'a signed body holds no number that JCS cannot write', {
      cause,
    });
  }
  return value;
}

/**
 * Decodes the card of a request from its exact bytes.
 * @param target absolute target URI as it is signed
 * @param body raw body bytes
 * @throws CardError when the route has no card or the body is not JSON of a depth that a person can be shown
 */
export function cardFor(route: RouteId, target: string, body: Uint8Array): Card {
  const { card, risk, method, names = [] } = routeOf(route);
  if (!card || !risk || risk.level === 'routine')
    throw new CardError('no-card', `route ${route} is not shown on a card`);
  return {
    version: 1,
    route,
    risk: risk.level,
    title: card.title,
    effect: card.effect,
    method,
    target,
    fields: namesFirst(flatten(decoded(body), ''), names),
  };
}

/**
 * What the second person sees before approving: the proposed request as its own card would show it, and whose it is.
 * @param target absolute target URI of the approval itself
 * @param digest of the content, computed by whoever shows it
 * @throws CardError when the proposed route has no card or its body is not JSON
 */
export function proposalCard(target: string, content: ProposalContent, digest: string): Card {
  const { card: text, names = [] } = isRouteId(content.route) ? routeOf(content.route) : {};
  if (!text) throw new CardError('no-card', `route ${content.route} is not shown on a card`);
  return {
    version: 1,
    route: 'proposals.approve',
    risk: 'critical',
    title: `Approve as the second person: ${text.title}`,
    effect: text.effect,
    method: 'POST',
    target,
    fields: [
      { label: 'proposed by', value: `${content.proposer.name} (key ${content.proposer.keyId})` },
      { label: 'proposed at', value: content.createdAt },
      { label: 'open until', value: content.expiresAt },
      { label: 'request', value: `${content.method} ${content.target}` },
      { label: 'digest', value: digest },
      ...namesFirst(flatten(decoded(new TextEncoder().encode(content.body)), ''), names),
    ],
  };
}

/** The bytes whose SHA-256 (lower-case hex) goes into the `sallyport-card` header: the card in JCS (RFC 8785). */
export function cardBytes(card: Card): Uint8Array {
  return new TextEncoder().encode(canonicalize(card) as string);
}
