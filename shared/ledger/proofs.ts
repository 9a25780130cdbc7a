import { MerkleError, nodeHash, type Sha256 } from './merkle.ts';

/** Leaves [begin, end) whose Merkle tree hash is one element of a proof. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

/** The largest power of two smaller than `n` (RFC 6962 section 2.1), for n >= 2. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** What an inclusion proof of a leaf consists of, leaf side first (RFC 6962 section 2.1.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(index >= 0 && index < size)) throw new MerkleError('out-of-range', `no leaf ${index} in ${size}`);
  const path: LeafRange[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      path.push({ begin: middle, end });
      end = middle;
    } else {
      path.push({ begin, end: middle });
      begin = middle;
    }
  }
  return path.reverse();
}

/** What a consistency proof from `from` to `to` leaves consists of (RFC 6962 section 2.1.2). */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  if (!(from >= 0 && from <= to))
    throw new MerkleError('out-of-range', `${from} leaves do not precede ${to}`);
  if (from === 0 || from === to) return [];
  const proof: LeafRange[] = [];
  let [begin, end] = [0, to];
  while (end !== from) {
    const middle = begin + splitOf(end - begin);
    if (from <= middle) {
      proof.push({ begin: middle, end });
      end = middle;
    } else {
      proof.push({ begin, end: middle });
      begin = middle;
    }
  }
  // The old tree's own root is known to whoever asks.
  if (begin !== 0) proof.push({ begin, end });
  return proof.reverse();
}

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Whether the proof leads from this leaf hash at `index` to the root over `size` leaves. */
export function verifyInclusion(
  sha256: Sha256,
  leaf: { readonly hash: Uint8Array; readonly index: number },
  head: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!(leaf.index >= 0 && leaf.index < head.size)) return false;
  const ranges = inclusionRanges(leaf.index, head.size);
  if (ranges.length !== proof.length) return false;
  const root = ranges.reduce((hash, { begin }, i) => {
    const sibling = proof[i] ?? hash;
    return begin > leaf.index ? nodeHash(sha256, hash, sibling) : nodeHash(sha256, sibling, hash);
  }, leaf.hash);
  return same(root, head.root);
}

/** Whether the proof shows that the tree with head `to` extends the tree with head `from`, changing nothing. */
export function verifyConsistency(
  sha256: Sha256,
  from: { readonly size: number; readonly root: Uint8Array },
  to: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && same(from.root, to.root);
  if (from.size === 0) return proof.length === 0;
  const ranges = consistencyRanges(from.size, to.size);
  if (ranges.length !== proof.length) return false;
  // The subtree on the old right edge, which both roots are built on.
  const seeded = ranges[0]?.end === from.size;
  const seed = seeded ? (proof[0] ?? from.root) : from.root;
  let [older, newer] = [seed, seed];
  ranges.slice(seeded ? 1 : 0).forEach(({ begin }, i) => {
    const hash = proof[i + (seeded ? 1 : 0)] ?? seed;
    if (begin >= from.size) {
      newer = nodeHash(sha256, newer, hash);
    } else {
      older = nodeHash(sha256, hash, older);
      newer = nodeHash(sha256, hash, newer);
    }
  });
  return same(older, from.root) && same(newer, to.root);
}
