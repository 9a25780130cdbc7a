import { nodeHash, type Sha256 } from '../merkle.ts';
import { HASH_BYTES } from '../tiles.ts';

const isOdd = (n: number): boolean => n % 2 === 1;

/** The compact range [0, size) again, grown by whole subtrees instead of leaves. */
export class TreeBuilder {
  readonly #sha256: Sha256;
  readonly #hashes: Uint8Array[] = [];
  #size = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** Appends a perfect subtree of 2^height leaves; what is there must be a multiple of that. */
  append(height: number, hash: Uint8Array): void {
    let merged = hash;
    for (let index = this.#size / 2 ** height; isOdd(index); index = (index - 1) / 2)
      merged = nodeHash(this.#sha256, this.#hashes.pop() ?? hash, merged);
    this.#hashes.push(merged);
    this.#size += 2 ** height;
  }

  /** The root over what is there, and a last subtree that is not perfect, if there is one. */
  root(last?: Uint8Array): Uint8Array {
    const hashes = last ? [...this.#hashes, last] : this.#hashes;
    return hashes.length === 0
      ? this.#sha256(new Uint8Array(0))
      : hashes.reduceRight((right, left) => nodeHash(this.#sha256, left, right));
  }
}

/**
 * The levels of the tree over a tile's leaves, leaves first and root last, each one hash after the other. A hash without
 * a sibling moves up as it is, which gives the tree of RFC 6962.
 */
export function levelsOf(sha256: Sha256, leaves: Uint8Array): Uint8Array[] {
  const levels = [leaves];
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  for (let below = leaves; below.length > HASH_BYTES; ) {
    const pairs = Math.floor(below.length / (2 * HASH_BYTES));
    const level = new Uint8Array(Math.ceil(below.length / (2 * HASH_BYTES)) * HASH_BYTES);
    for (let i = 0; i < pairs; i += 1) {
      input.set(below.subarray(i * 2 * HASH_BYTES, (i + 1) * 2 * HASH_BYTES), 1);
      level.set(sha256(input), i * HASH_BYTES);
    }
    if (level.length > pairs * HASH_BYTES) level.set(below.subarray(-HASH_BYTES), pairs * HASH_BYTES);
    levels.push(level);
    below = level;
  }
  return levels;
}

/** How many hashes of each level are nodes, and not moved up from below. */
const nodesIn = (below: Uint8Array): number => Math.floor(below.length / (2 * HASH_BYTES));

/** The nodes above the leaves, level by level: what a tile carries so that a changed leaf can be found. */
export function innerOf(levels: readonly Uint8Array[]): Uint8Array {
  const parts = levels
    .slice(1)
    .map((level, i) => level.subarray(0, nodesIn(levels[i] ?? level) * HASH_BYTES));
  const inner = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    inner.set(part, offset);
    offset += part.length;
  }
  return inner;
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
};

/**
 * Finds the first leaf that does not belong in the tile, given the root that it must have: from the root down, a pair of
 * claimed hashes that gives its parent is true, and the one that the leaves do not give leads on.
 * @param inner as the tile claims them
 * @returns index of the leaf, or of the first one below a claim that is not true itself
 */
export function firstFalse(
  sha256: Sha256,
  levels: readonly Uint8Array[],
  inner: Uint8Array,
  root: Uint8Array,
): number {
  const claimed: Uint8Array[] = [levels[0] ?? root];
  let offset = 0;
  for (const [i, level] of levels.slice(1).entries()) {
    const below = claimed[i] ?? level;
    const nodes = nodesIn(below) * HASH_BYTES;
    const part = new Uint8Array(level.length);
    part.set(inner.subarray(offset, offset + nodes));
    if (level.length > nodes) part.set(below.subarray(-HASH_BYTES), nodes);
    claimed.push(part);
    offset += nodes;
  }
  const at = (rows: readonly Uint8Array[], height: number, index: number): Uint8Array | undefined => {
    const hash = rows[height]?.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    return hash?.length === HASH_BYTES ? hash : undefined;
  };
  let index = 0;
  let trusted = root;
  for (let height = levels.length - 1; height > 0; height -= 1) {
    const [left, right] = [at(claimed, height - 1, 2 * index), at(claimed, height - 1, 2 * index + 1)];
    const parent = left && right ? nodeHash(sha256, left, right) : left;
    if (!left || !parent || !same(parent, trusted)) return index * 2 ** height;
    const given = at(levels, height - 1, 2 * index);
    const isLeft = !right || !given || !same(given, left);
    index = isLeft ? 2 * index : 2 * index + 1;
    trusted = isLeft ? left : (right ?? left);
  }
  return index;
}
