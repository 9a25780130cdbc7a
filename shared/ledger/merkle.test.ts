import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendLeaf,
  type CompletedNode,
  checkFrontier,
  EMPTY_FRONTIER,
  type Frontier,
  leafHash,
  nodeHash,
  rootOf,
  type Sha256,
} from './merkle.ts';
import { consistencyRanges, inclusionRanges, verifyConsistency, verifyInclusion } from './proofs.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

/** Published vectors of google/certificate-transparency, `merkletree/merkle_tree_test.cc`. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const N = {
  a: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  b: '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  c: '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  d: 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  e: 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  f: 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  g: '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
};
const INCLUSION: [index: number, size: number, proof: string[]][] = [
  [0, 1, []],
  [0, 8, [N.a, N.b, N.c]],
  [5, 8, [N.d, N.e, N.f]],
  [2, 3, [ROOTS[2] as string]],
  [1, 5, [ROOTS[1] as string, N.b, N.d]],
];
const CONSISTENCY: [from: number, to: number, proof: string[]][] = [
  [1, 1, []],
  [1, 8, [N.a, N.b, N.c]],
  [6, 8, [N.g, N.e, N.f]],
  [2, 5, [N.b, N.d]],
];

/** RFC 6962's own recursive definition, slow and independent of the code under test. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (!only) return sha256(new Uint8Array());
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(sha256, treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

const grow = (leaves: readonly Uint8Array[], onComplete?: (node: CompletedNode) => void): Frontier =>
  leaves.reduce((frontier, leaf) => appendLeaf(sha256, frontier, leaf, onComplete), EMPTY_FRONTIER);

const hashed = LEAVES.map((leaf) => leafHash(sha256, bytes(leaf)));
const prove = (leaves: readonly Uint8Array[], ranges: { begin: number; end: number }[]) =>
  ranges.map(({ begin, end }) => treeHash(leaves.slice(begin, end)));

const someLeaves = fc
  .array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 70 })
  .map((leaves) => leaves.map((leaf) => new Uint8Array(leaf)));

describe('published vectors', () => {
  it.each(ROOTS.map((root, size) => [size, root] as const))('root of %i leaves', (size, root) => {
    expect(hex(rootOf(sha256, grow(hashed.slice(0, size))))).toBe(root);
  });

  it.each(INCLUSION)('inclusion of leaf %i in %i', (index, size, proof) => {
    expect(prove(hashed.slice(0, size), inclusionRanges(index, size)).map(hex)).toEqual(proof);
    const head = { size, root: bytes(ROOTS[size] ?? '') };
    const leaf = { hash: hashed[index] as Uint8Array, index };
    expect(verifyInclusion(sha256, leaf, head, proof.map(bytes))).toBe(true);
  });

  it.each(CONSISTENCY)('consistency of %i with %i', (from, to, proof) => {
    expect(prove(hashed.slice(0, to), consistencyRanges(from, to)).map(hex)).toEqual(proof);
    const [older, newer] = [from, to].map((size) => ({ size, root: bytes(ROOTS[size] ?? '') }));
    if (!older || !newer) throw new Error('two heads');
    expect(verifyConsistency(sha256, older, newer, proof.map(bytes))).toBe(true);
  });
});

describe('the compact range', () => {
  it('has the root of the recursive definition at every size', () => {
    fc.assert(
      fc.property(someLeaves, (leaves) => {
        expect(hex(rootOf(sha256, grow(leaves)))).toBe(hex(treeHash(leaves)));
      }),
    );
  });

  it('reports every complete subtree once, with its hash', () => {
    fc.assert(
      fc.property(someLeaves, (leaves) => {
        const nodes: CompletedNode[] = [];
        grow(leaves, (node) => nodes.push(node));
        const expected = Array.from({ length: 7 }, (_, height) => Math.floor(leaves.length / 2 ** height));
        expect(nodes).toHaveLength(expected.reduce((sum, count) => sum + count, 0));
        for (const { height, index, hash } of nodes) {
          const span = leaves.slice(index * 2 ** height, (index + 1) * 2 ** height);
          expect(hex(hash)).toBe(hex(treeHash(span)));
        }
      }),
    );
  });

  it('refuses a number of hashes that does not fit its size', () => {
    expect(() => checkFrontier({ size: 5, hashes: [hashed[0] as Uint8Array] })).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});

describe('proofs', () => {
  const cases = someLeaves.chain((leaves) =>
    fc.record({ leaves: fc.constant(leaves), at: fc.nat({ max: leaves.length - 1 }) }),
  );

  it('of inclusion verify, and fail for any other leaf, place, root or altered element', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ leaves, at }, salt) => {
        const head = { size: leaves.length, root: treeHash(leaves) };
        const proof = prove(leaves, inclusionRanges(at, leaves.length));
        const leaf = { hash: leaves[at] as Uint8Array, index: at };
        expect(verifyInclusion(sha256, leaf, head, proof)).toBe(true);
        const flip = (hash: Uint8Array) => hash.map((byte, i) => (i === salt % 32 ? byte ^ 1 : byte));
        expect(verifyInclusion(sha256, { ...leaf, hash: flip(leaf.hash) }, head, proof)).toBe(false);
        expect(verifyInclusion(sha256, leaf, { ...head, root: flip(head.root) }, proof)).toBe(false);
        expect(verifyInclusion(sha256, { ...leaf, index: leaves.length }, head, proof)).toBe(false);
        if (proof.length === 0) return;
        const altered = proof.map((hash, i) => (i === salt % proof.length ? flip(hash) : hash));
        expect(verifyInclusion(sha256, leaf, head, altered)).toBe(false);
        expect(verifyInclusion(sha256, leaf, head, proof.slice(1))).toBe(false);
      }),
    );
  });

  it('of consistency verify, and fail for a history that was changed', () => {
    fc.assert(
      fc.property(cases, ({ leaves, at }) => {
        const size = at + 1;
        const older = { size, root: treeHash(leaves.slice(0, size)) };
        const newer = { size: leaves.length, root: treeHash(leaves) };
        const proof = prove(leaves, consistencyRanges(size, leaves.length));
        expect(verifyConsistency(sha256, older, newer, proof)).toBe(true);
        const rewritten = leaves.map((leaf, i) => (i === at ? leaf.map((byte) => byte ^ 1) : leaf));
        const forged = { size: leaves.length, root: treeHash(rewritten) };
        expect(
          verifyConsistency(sha256, older, forged, prove(rewritten, consistencyRanges(size, leaves.length))),
        ).toBe(false);
      }),
    );
  });

  it('do not exist outside the tree', () => {
    expect(() => inclusionRanges(3, 3)).toThrow(expect.objectContaining({ code: 'out-of-range' }));
    expect(() => consistencyRanges(4, 3)).toThrow(expect.objectContaining({ code: 'out-of-range' }));
  });
});
