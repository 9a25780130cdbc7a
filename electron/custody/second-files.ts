import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { ed25519PublicKey } from '../../shared/http/operator-parts.ts';
import type { SigningHandle } from '../vault/items.ts';
import { type Deed, deed, deedDigest, requireElsewhere } from './deed.ts';
import { ageRecipient, isSignedBy, readJson, refused, requireTwoPersons, signatureText } from './persons.ts';
import { headerDigest, type SharedHeader, sealedPart, sharedHeader } from './two-person-wallet.ts';

const [ASKING, ANSWERING] = ['sallyport/second-request/v1', 'sallyport/second-answer/v1'];
const MAX_TEXT = 16 * 1024;

/** Long enough to carry a stick to another room, short enough that nobody finds it next week. */
export const REQUEST_MS = 2 * 60 * 60 * 1000;
/** Machines without a network differ by so much. */
const SKEW_MS = 5 * 60 * 1000;

export const nonceText = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

const request = z.strictObject({
  format: z.literal('sallyport-second-request'),
  version: z.literal(1),
  nonce: nonceText,
  at: z.iso.datetime(),
  expires: z.iso.datetime(),
  header: sharedHeader,
  deed,
  /** Of the deed, the wallet and its two persons. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** The second operator's part, as it was encrypted to them when the wallet was made. */
  part: sealedPart,
  /** Age recipient of this request alone, that the part is to be encrypted to. */
  reply: ageRecipient,
  signature: signatureText,
});
export type SecondRequest = z.infer<typeof request>;

const answer = z.strictObject({
  format: z.literal('sallyport-second-answer'),
  version: z.literal(1),
  nonce: nonceText,
  /** SHA-256 (base64url) of what the request's signature covers. */
  request: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  signer: ed25519PublicKey,
  at: z.iso.datetime(),
  part: sealedPart,
  signature: signatureText,
});
export type SecondAnswer = z.infer<typeof answer>;

type Own = Pick<SigningHandle, 'publicKey' | 'sign'>;
type Unsigned<T> = Omit<T, 'format' | 'version' | 'signature'>;

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

/** Every field: the wallet and its persons by their digest, the deed by its own. */
const askedBytes = ({ nonce, at, expires, header, digest, part, reply }: Unsigned<SecondRequest>): Buffer =>
  Buffer.from(
    canonicalize([
      ASKING,
      nonce,
      at,
      expires,
      headerDigest(header).toString('hex'),
      digest,
      sha256(part),
      reply,
    ]) ?? '',
  );

const answeredBytes = ({ nonce, request: asked, signer, at, part }: Unsigned<SecondAnswer>): Buffer =>
  Buffer.from(canonicalize([ANSWERING, nonce, asked, signer, at, sha256(part)]) ?? '');

/** What an answer names, so that it is of this request and of no other. */
export const requestDigest = (asked: SecondRequest): Buffer =>
  createHash('sha256').update(askedBytes(asked)).digest();

interface Asking {
  readonly nonce: string;
  readonly now: Date;
  readonly header: SharedHeader;
  readonly deed: Deed;
  readonly part: string;
  readonly reply: string;
}

export function writeRequest({ now, ...given }: Asking, own: Own): string {
  const unsigned = {
    ...given,
    digest: deedDigest(given.header, given.deed),
    at: now.toISOString(),
    expires: new Date(now.getTime() + REQUEST_MS).toISOString(),
  };
  const signature = own.sign(askedBytes(unsigned)).toString('base64url');
  const made = { format: 'sallyport-second-request', version: 1, ...unsigned, signature };
  return `${JSON.stringify(request.parse(made))}\n`;
}

/** @throws CustodyError `second-malformed` */
export const parseRequest = (text: string): SecondRequest =>
  readJson(text, request, MAX_TEXT, 'a request for a second operator');

interface Reader {
  readonly publicKey: string;
  readonly recipient: string;
  readonly now: Date;
  /** And the answer is not here any more, or was to another request of that nonce. */
  readonly wasAnswered: (asked: SecondRequest) => boolean;
}

/** It lives for as long as requests do, from a moment that has been: a longer life was not given by a console. */
function requireInTime({ at, expires }: SecondRequest, now: Date): void {
  const [from, to, time] = [Date.parse(at), Date.parse(expires), now.getTime()];
  if (to <= time || to - from > REQUEST_MS || from > time + SKEW_MS)
    throw refused(
      'second-expired',
      'This request has expired, or one of both clocks is wrong. Ask for a new one.',
    );
}

/**
 * A request that this console may answer: asked by the other operator of the wallet, of this one, as it was signed, in time, once.
 * @throws CustodyError `second-…`, `same-key`, `same-person`
 */
export function readRequest(text: string, own: Reader): SecondRequest {
  const asked = parseRequest(text);
  const { first, second } = asked.header;
  if (first.publicKey === own.publicKey)
    throw refused(
      'second-self',
      'This console asked for it. Another operator has to approve it, on another console.',
    );
  requireTwoPersons(asked.header);
  if (second.publicKey !== own.publicKey || second.recipient !== own.recipient)
    throw refused('second-foreign', `This request is for “${second.name}” and the key of another console.`);
  const isWhole = deedDigest(asked.header, asked.deed) === asked.digest;
  if (!isWhole || !isSignedBy(first.publicKey, askedBytes(asked), asked.signature))
    throw refused(
      'second-altered',
      'This request is not what its operator signed. Ask for a new one by another way.',
    );
  requireElsewhere(asked.header, asked.deed);
  requireInTime(asked, own.now);
  if (own.wasAnswered(asked))
    throw refused('second-replayed', 'This request was answered before, in another way; ask for a new one.');
  return asked;
}

export function writeAnswer(
  asked: SecondRequest,
  { part, now }: { part: string; now: Date },
  own: Own,
): string {
  const unsigned = {
    ...{ nonce: asked.nonce, request: requestDigest(asked).toString('base64url') },
    ...{ signer: own.publicKey, at: now.toISOString(), part },
  };
  const signature = own.sign(answeredBytes(unsigned)).toString('base64url');
  const made = { format: 'sallyport-second-answer', version: 1, ...unsigned, signature };
  return `${JSON.stringify(answer.parse(made))}\n`;
}

interface Waiting {
  /** What this console asked, where something waits. */
  readonly asked: SecondRequest | null;
  readonly publicKey: string;
  readonly now: Date;
  readonly wasUsed: (nonce: string) => boolean;
}

/**
 * The answer to what was asked: not used before, of this request, in time, by the second operator, as it was signed.
 * @throws CustodyError `second-…`
 */
export function readAnswer(text: string, { asked, publicKey, now, wasUsed }: Waiting): SecondAnswer {
  const given = readJson(text, answer, MAX_TEXT, 'an answer of a second operator');
  if (wasUsed(given.nonce))
    throw refused('second-replayed', 'This answer was used before; it opens nothing twice. Ask again.');
  if (asked?.nonce !== given.nonce)
    throw refused('second-foreign', 'This answers another request than the one that waits here.');
  requireInTime(asked, now);
  if (given.signer === publicKey)
    throw refused(
      'second-self',
      'This console signed the answer itself. Another operator has to approve it.',
    );
  if (given.signer !== asked.header.second.publicKey)
    throw refused('second-foreign', `Somebody else than “${asked.header.second.name}” signed this answer.`);
  if (!isSignedBy(given.signer, answeredBytes(given), given.signature))
    throw refused('second-altered', 'This answer is not what its operator signed. Transfer it again.');
  if (given.request !== requestDigest(asked).toString('base64url'))
    throw refused('second-altered', 'What was approved is not what this console asked. Nothing was opened.');
  return given;
}
