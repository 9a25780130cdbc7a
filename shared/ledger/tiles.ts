import { emptyRoot, MerkleError, nodeHash, type Sha256 } from './merkle.ts';
import { consistencyRanges, inclusionRanges, type LeafRange } from './proofs.ts';

/**
 * How the tree is kept so that any proof reads O(log n) rows: a tile holds up to 256 hashes of one level, level 0 being
 * the leaves and level L the roots of subtrees of 256^L leaves (as in C2SP tlog-tiles). What lies between two levels is
 * computed from a tile, at most 255 hashes of it.
 */
export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 2 ** TILE_HEIGHT;
export const HASH_BYTES = 32;

export interface TileId {
  readonly level: number;
  readonly index: number;
}

/** A perfect subtree: leaves [index * 2^height, (index + 1) * 2^height). */
export interface Subtree {
  readonly height: number;
  readonly index: number;
}

/** The perfect subtrees that make up a range of leaves, from left to right, each as large as it can be. */
export function subtreesOf({ begin, end }: LeafRange): Subtree[] {
  const found: Subtree[] = [];
  for (let at = begin; at < end; ) {
    let height = 0;
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= end) height += 1;
    found.push({ height, index: at / 2 ** height });
    at += 2 ** height;
  }
  return found;
}

/** Where in the tiles the hashes of a subtree begin, and how many there are. */
function placeOf({ height, index }: Subtree) {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height - level * TILE_HEIGHT);
  const first = index * count;
  return { level, index: Math.floor(first / TILE_WIDTH), offset: first % TILE_WIDTH, count };
}

/** The tiles that these ranges are computed from, each once. */
export function tilesOf(ranges: readonly LeafRange[]): TileId[] {
  const tiles = new Map<string, TileId>();
  for (const subtree of ranges.flatMap(subtreesOf)) {
    const { level, index } = placeOf(subtree);
    tiles.set(`${level}/${index}`, { level, index });
  }
  return [...tiles.values()];
}

/** The hashes of a tile one after the other; as many as the log had when it was read, or more. */
export type ReadTile = (tile: TileId) => Uint8Array | undefined;

const isPower = (count: number): boolean => Number.isInteger(Math.log2(count));

/** Merkle tree hash over a power of two of hashes that lie one after the other. */
function foldPerfect(sha256: Sha256, hashes: Uint8Array): Uint8Array {
  const count = hashes.length / HASH_BYTES;
  if (!isPower(count)) throw new MerkleError('malformed', `${count} hashes are no perfect subtree`);
  if (count === 1) return hashes;
  const half = hashes.length / 2;
  return nodeHash(
    sha256,
    foldPerfect(sha256, hashes.subarray(0, half)),
    foldPerfect(sha256, hashes.subarray(half)),
  );
}

function subtreeHash(sha256: Sha256, subtree: Subtree, read: ReadTile): Uint8Array {
  const { level, index, offset, count } = placeOf(subtree);
  const tile = read({ level, index });
  const hashes = tile?.subarray(offset * HASH_BYTES, (offset + count) * HASH_BYTES);
  if (hashes?.length !== count * HASH_BYTES)
    throw new MerkleError('malformed', `tile ${level}/${index} lacks hashes`);
  return foldPerfect(sha256, hashes);
}

/**
 * Merkle tree hash of leaves [begin, end).
 * @throws MerkleError `malformed` when a tile does not hold what it should
 */
export function rangeHash(sha256: Sha256, range: LeafRange, read: ReadTile): Uint8Array {
  const hashes = subtreesOf(range).map((subtree) => subtreeHash(sha256, subtree, read));
  return hashes.length === 0
    ? emptyRoot(sha256)
    : hashes.reduceRight((right, left) => nodeHash(sha256, left, right));
}

/** What a proof is made of, and how it is computed once its tiles are there. */
export interface ProofPlan {
  readonly tiles: readonly TileId[];
  compute(sha256: Sha256, read: ReadTile): Uint8Array[];
}

const planOf = (ranges: readonly LeafRange[]): ProofPlan => ({
  tiles: tilesOf(ranges),
  compute: (sha256, read) => ranges.map((range) => rangeHash(sha256, range, read)),
});

/** @throws MerkleError `out-of-range` */
export const inclusionPlan = (index: number, size: number): ProofPlan => planOf(inclusionRanges(index, size));

/** @throws MerkleError `out-of-range` */
export const consistencyPlan = (from: number, to: number): ProofPlan => planOf(consistencyRanges(from, to));

/** The root of the log as it was at this size. */
export const rootPlan = (size: number): ProofPlan => planOf([{ begin: 0, end: size }]);
