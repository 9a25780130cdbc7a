import { createHash } from 'node:crypto';
import { combine, split } from 'shamir-secret-sharing';
import { z } from 'zod';
import type { Random } from './crypto.ts';
import { VaultError } from './errors.ts';
import { decodeShare, encodeShare, SET_BYTES, type Share } from './share-words.ts';

/** SPEC 14: more than ten pieces of paper are not kept track of. */
export const MAX_SHARES = 10;
const MIN_THRESHOLD = 2;

export interface ShareScheme {
  /** How many shares open. */
  readonly threshold: number;
  /** How many there are. */
  readonly count: number;
}

/** What the vault's header keeps of a set: enough to name a wrong or foreign share, nothing that helps to make one. */
export const shareSet = z
  .strictObject({
    /** 4 random bytes, hex: the same on every share of the set. */
    id: z.string().regex(/^[0-9a-f]{8}$/),
    threshold: z.number().int().min(MIN_THRESHOLD),
    count: z.number().int().max(MAX_SHARES),
    /** SHA-256 (hex) of each share, in order; a share has as many random bits as the secret, so a hash tells nothing of it. */
    hashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  })
  .refine(
    ({ threshold, count, hashes }) => threshold <= count && hashes.length === count,
    'not one hash a share',
  );
type ShareSet = z.infer<typeof shareSet>;

const wrong = (message: string): VaultError => new VaultError('wrong-share', message);

/** Covers set, index and value: a share copied into another place of the set no longer matches. */
const hashOf = (share: Share): string =>
  createHash('sha256')
    .update('sallyport/vault/v1/share')
    .update(share.set)
    .update(Uint8Array.of(share.index))
    .update(share.value)
    .digest('hex');

/** Every choice of `size` out of `items`, each once. */
function* quorums<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  for (let i = from; size > 0 && i <= items.length - size; i += 1)
    for (const rest of quorums(items, size - 1, i + 1)) yield [items[i] as T, ...rest];
}

function requireScheme({ threshold, count }: ShareScheme): void {
  const whole = Number.isInteger(threshold) && Number.isInteger(count);
  if (!whole || threshold < MIN_THRESHOLD || threshold > count || count > MAX_SHARES)
    throw new VaultError(
      'share-scheme',
      `Choose 2 to ${MAX_SHARES} shares, and how many of them open: at least 2 and no more than there are.`,
    );
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

/** @throws VaultError `share-unproven`, when a quorum does not give back exactly the secret */
async function proveEveryQuorum(
  secret: Uint8Array,
  values: readonly Uint8Array[],
  threshold: number,
): Promise<void> {
  for (const quorum of quorums(values, threshold)) {
    const combined = await combine(quorum);
    const proven = sameBytes(combined, secret);
    combined.fill(0);
    if (!proven)
      throw new VaultError(
        'share-unproven',
        'The shares do not give back the secret. Nothing was changed; try again.',
      );
  }
}

/**
 * Splits a secret of 32 bytes so that any `threshold` shares give it back (Shamir 1979, over GF(2^8)), after every quorum has
 * been tried: at most 252 of them.
 * @returns the words of each share, which are shown once, and what the header keeps
 * @throws VaultError `share-scheme`, `share-unproven`
 */
export async function makeShares(
  secret: Uint8Array,
  scheme: ShareScheme,
  random: Random,
): Promise<{ readonly set: ShareSet; readonly words: readonly string[] }> {
  requireScheme(scheme);
  const values = await split(Uint8Array.from(secret), scheme.count, scheme.threshold);
  await proveEveryQuorum(secret, values, scheme.threshold);
  const set = random(SET_BYTES);
  const shares = values.map((value, at) => ({ set, index: at + 1, threshold: scheme.threshold, value }));
  const words = shares.map(encodeShare);
  const made = { ...scheme, id: set.toString('hex'), hashes: shares.map(hashOf) };
  for (const value of values) value.fill(0);
  return { set: made, words };
}

/** Reads a share and says whose it is before it is used. @throws VaultError `wrong-share`, naming what is wrong with it */
export function readShare(text: string, set: ShareSet): Share {
  const share = decodeShare(text);
  if (Buffer.from(share.set).toString('hex') !== set.id)
    throw wrong(`This is share ${share.index} of another set. This vault asks for the set ${set.id}.`);
  if (share.index > set.count || set.hashes[share.index - 1] !== hashOf(share))
    throw wrong(`This claims to be share ${share.index} of this set and is not. Look for a misread word.`);
  return share;
}

/**
 * The secret from exactly enough shares; too few would give a wrong secret without a word, so they are counted first.
 * @throws VaultError `wrong-share`, `too-few-shares`
 */
export async function combineShares(texts: readonly string[], set: ShareSet): Promise<Buffer> {
  const shares = texts.map((text) => readShare(text, set));
  const distinct = new Map(shares.map((share) => [share.index, share]));
  if (distinct.size < shares.length) throw wrong('The same share was entered twice. Enter a different one.');
  if (distinct.size < set.threshold)
    throw new VaultError(
      'too-few-shares',
      `${set.threshold} shares open this vault; ${distinct.size} were entered.`,
    );
  const quorum = [...distinct.values()].slice(0, set.threshold).map(({ value }) => value);
  try {
    return Buffer.from(await combine(quorum));
  } finally {
    for (const { value } of shares) value.fill(0);
  }
}
