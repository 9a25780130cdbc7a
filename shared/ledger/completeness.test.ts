import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompletenessTree, type ProvenToken, tokenLeaf } from './completeness.ts';
import { nodeHash, type Sha256 } from './merkle.ts';
import { sha256 as pureSha256 } from './pure-sha256.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const token = (position: number, serial = `S-${position}`): ProvenToken => ({
  position,
  serial,
  codeHash: sha256(new TextEncoder().encode(`code ${position}`)),
});
const tokens = (count: number) => Array.from({ length: count }, (_, i) => token(i + 1));

const grow = (all: readonly ProvenToken[], hash = sha256) => {
  const tree = new CompletenessTree(hash);
  for (const each of all) tree.add(each);
  return tree;
};
const rootOver = (all: readonly ProvenToken[]) => hex(grow(all).root());

/** RFC 6962's recursive definition, independent of the code under test. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (!only) return sha256(new Uint8Array());
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(sha256, treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

const someTokens = fc
  .array(
    fc.record({
      serial: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
      codeHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) => all.map((each, i) => ({ ...each, position: i + 1 })));

describe('the leaf of a token', () => {
  it('is the bytes that docs/EVIDENCE.md names', () => {
    const part = (bytes: Uint8Array) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const { codeHash } = token(258);
    const position = Buffer.from('0000000000000102', 'hex');
    const parts = [Buffer.from('sallyport/minting/token/v1'), position, Buffer.from('AB-ü'), codeHash];
    const leaf = Buffer.concat([Buffer.of(0), ...parts.map(part)]);
    expect(hex(tokenLeaf(sha256, token(258, 'AB-ü')))).toBe(hex(sha256(leaf)));
  });

  it('differs when position, serial or code hash does', () => {
    const one = token(1);
    const others = [token(2, one.serial), token(1, 'S-2'), { ...one, codeHash: token(2).codeHash }];
    const leaves = [one, ...others].map((each) => hex(tokenLeaf(sha256, each)));
    expect(new Set(leaves).size).toBe(4);
  });

  it.each([
    ['position 0', { position: 0 }],
    ['half a position', { position: 0.5 }],
    ['a serial without characters', { serial: '' }],
    ['a serial with half a surrogate pair', { serial: 'A\ud800' }],
    ['a code hash of 31 bytes', { codeHash: new Uint8Array(31) }],
  ])('refuses %s', (_, wrong) => {
    expect(() => tokenLeaf(sha256, { ...token(1), ...wrong })).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});

describe('the root of a job', () => {
  it('is the RFC 6962 root of its leaves, whatever the number', () => {
    fc.assert(
      fc.property(someTokens, (all) => {
        expect(rootOver(all)).toBe(hex(treeHash(all.map((each) => tokenLeaf(sha256, each)))));
      }),
    );
  });

  it('is the same by the hashing of a page', () => {
    expect(hex(grow(tokens(37), pureSha256).root())).toBe(rootOver(tokens(37)));
  });

  it('changes with any change of any token, and with one token more or less', () => {
    const all = tokens(9);
    const other = { ...token(4), serial: 'S-40' };
    const changed = [all.slice(0, 8), tokens(10), all.map((each) => (each.position === 4 ? other : each))];
    expect(new Set([all, ...changed].map(rootOver)).size).toBe(4);
  });

  it('of no tokens is the hash of nothing', () => {
    expect(rootOver([])).toBe(hex(sha256(new Uint8Array())));
  });

  it('takes no token out of its place: neither a hole nor a repetition', () => {
    for (const wrong of [1, 2, 4, 6]) {
      const tree = grow(tokens(2));
      expect(() => tree.add(token(wrong))).toThrow(expect.objectContaining({ code: 'position' }));
      expect(tree.size).toBe(2);
      tree.add(token(3));
      expect(hex(tree.root())).toBe(rootOver(tokens(3)));
    }
  });
});
