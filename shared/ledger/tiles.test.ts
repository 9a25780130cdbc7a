import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appendLeaf, EMPTY_FRONTIER, leafHash, rootOf, type Sha256 } from './merkle.ts';
import { verifyConsistency, verifyInclusion } from './proofs.ts';
import {
  consistencyPlan,
  inclusionPlan,
  type ReadTile,
  rangeHash,
  TILE_HEIGHT,
  TILE_WIDTH,
} from './tiles.ts';

/** Every proof hashes the same subtrees again; remembering them keeps a thousand sizes quick. */
const known = new Map<string, Uint8Array>();
const sha256: Sha256 = (data) => {
  const key = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  const hash = known.get(key) ?? createHash('sha256').update(data).digest();
  known.set(key, hash);
  return hash;
};
const EVERY_SIZE_MS = 60_000;
const LARGEST = 1000;

/** Tiles as the integrator keeps them, and the root at every size. */
function grow(count: number) {
  const tiles = new Map<string, Buffer>();
  const roots = [rootOf(sha256, EMPTY_FRONTIER)];
  const leaves: Uint8Array[] = [];
  let frontier = EMPTY_FRONTIER;
  for (let i = 0; i < count; i += 1) {
    const leaf = leafHash(sha256, Buffer.from(`leaf ${i}`));
    leaves.push(leaf);
    frontier = appendLeaf(sha256, frontier, leaf, ({ height, index, hash }) => {
      if (height % TILE_HEIGHT !== 0) return;
      const id = `${height / TILE_HEIGHT}/${Math.floor(index / TILE_WIDTH)}`;
      tiles.set(id, Buffer.concat([tiles.get(id) ?? Buffer.alloc(0), hash]));
    });
    roots.push(rootOf(sha256, frontier));
  }
  return { leaves, roots, read: (({ level, index }) => tiles.get(`${level}/${index}`)) satisfies ReadTile };
}

const log = grow(LARGEST);
const rootAt = (size: number) => log.roots[size] as Uint8Array;
const leafAt = (index: number) => log.leaves[index] as Uint8Array;

describe('a tree kept in tiles', () => {
  it('has the root of the compact range at every size to 1,000', () => {
    for (let size = 0; size <= LARGEST; size += 1)
      expect(Buffer.from(rangeHash(sha256, { begin: 0, end: size }, log.read)).equals(rootAt(size))).toBe(
        true,
      );
  });

  it('proves inclusion at every size to 1,000, and proves no other leaf', { timeout: EVERY_SIZE_MS }, () => {
    for (let size = 1; size <= LARGEST; size += 1)
      for (const index of new Set([
        0,
        size - 1,
        Math.floor(size / 2),
        (size * 7919) % size,
        (size * 31) % size,
      ])) {
        const proof = inclusionPlan(index, size).compute(sha256, log.read);
        const head = { size, root: rootAt(size) };
        expect(verifyInclusion(sha256, { hash: leafAt(index), index }, head, proof)).toBe(true);
        const other = { hash: leafAt((index + 1) % LARGEST), index };
        expect(verifyInclusion(sha256, other, head, proof)).toBe(false);
      }
  });

  it('proves consistency between sizes to 1,000, and not with another history', {
    timeout: EVERY_SIZE_MS,
  }, () => {
    for (let to = 1; to <= LARGEST; to += 1)
      for (const from of new Set([0, 1, to, to - 1, Math.floor(to / 2), (to * 613) % to])) {
        const proof = consistencyPlan(from, to).compute(sha256, log.read);
        const older = { size: from, root: rootAt(from) };
        const newer = { size: to, root: rootAt(to) };
        expect(verifyConsistency(sha256, older, newer, proof)).toBe(true);
        if (from > 0)
          expect(verifyConsistency(sha256, { ...older, root: leafAt(from - 1) }, newer, proof)).toBe(
            from === 1,
          );
      }
  });

  it('reads a few tiles for a proof, however large the log is', () => {
    for (const size of [1_000, 1_000_000, 10_000_000, 1_000_000_000]) {
      const most = 2 * Math.ceil(Math.log2(size) / TILE_HEIGHT) + 2;
      expect(inclusionPlan(size - 77, size).tiles.length).toBeLessThanOrEqual(most);
      expect(consistencyPlan(size / 2 + 1, size).tiles.length).toBeLessThanOrEqual(most);
    }
  });

  it('refuses to prove with a tile that lacks a hash', () => {
    const short: ReadTile = (tile) => log.read(tile)?.subarray(32);
    expect(() => inclusionPlan(255, 999).compute(sha256, short)).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
    expect(() => inclusionPlan(5, 999).compute(sha256, () => undefined)).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});
