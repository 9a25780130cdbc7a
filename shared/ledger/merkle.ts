/**
 * The Merkle tree of RFC 6962 section 2.1, as a compact range: only the roots of the perfect subtrees on the right edge
 * are kept, so an append costs O(log n) and no node is read back. Hashing comes in by parameter.
 */
export interface Sha256 {
  (data: Uint8Array): Uint8Array;
  /** The same in lower-case hex, where making bytes of a digest costs more than the digest. */
  readonly hex?: (data: Uint8Array) => string;
}

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

export class MerkleError extends Error {
  override readonly name = 'MerkleError';
  readonly code: 'out-of-range' | 'malformed';

  constructor(code: MerkleError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const emptyRoot = (sha256: Sha256): Uint8Array => sha256(new Uint8Array(0));

/** The prefix keeps a leaf from passing for a node (second-preimage resistance). */
export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + leaf.length);
  input[0] = LEAF_PREFIX;
  input.set(leaf, 1);
  return sha256(input);
}

export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + left.length + right.length);
  input[0] = NODE_PREFIX;
  input.set(left, 1);
  input.set(right, 1 + left.length);
  return sha256(input);
}

/** The compact range [0, size): one hash for each bit set in `size`, largest subtree first. */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** A subtree that became complete: its root covers leaves [index * 2^height, (index + 1) * 2^height). */
export interface CompletedNode {
  readonly height: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/** Bits of a size up to 2^53, without 32-bit operators. */
const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);

function countBits(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = half(rest)) if (isOdd(rest)) bits += 1;
  return bits;
}

/** @throws MerkleError `malformed` when the number of hashes does not fit the size */
export function checkFrontier(frontier: Frontier): Frontier {
  if (Number.isSafeInteger(frontier.size) && frontier.hashes.length === countBits(frontier.size))
    return frontier;
  throw new MerkleError(
    'malformed',
    `a frontier of ${frontier.size} leaves cannot have ${frontier.hashes.length} hashes`,
  );
}

/** Appends one leaf hash. @param onComplete is told of every subtree that this completes, the leaf included */
export function appendLeaf(
  sha256: Sha256,
  frontier: Frontier,
  leaf: Uint8Array,
  onComplete: (node: CompletedNode) => void = () => undefined,
): Frontier {
  const hashes = [...frontier.hashes];
  let hash = leaf;
  let index = frontier.size;
  onComplete({ height: 0, index, hash });
  for (let height = 1; isOdd(index); height += 1) {
    const left = hashes.pop();
    if (!left) throw new MerkleError('malformed', 'the frontier lacks a hash');
    hash = nodeHash(sha256, left, hash);
    index = half(index);
    onComplete({ height, index, hash });
  }
  hashes.push(hash);
  return { size: frontier.size + 1, hashes };
}

/** Merkle tree hash over everything appended. */
export function rootOf(sha256: Sha256, { hashes }: Frontier): Uint8Array {
  return hashes.length === 0
    ? emptyRoot(sha256)
    : hashes.reduceRight((right, left) => nodeHash(sha256, left, right));
}
