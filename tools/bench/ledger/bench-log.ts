import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { LedgerKeys } from '../../../service/ledger/integrator/ledger-keys.ts';
import { assembleBundle, type BundleSource } from '../../../shared/ledger/bundle/assemble.ts';
import type { Manifest } from '../../../shared/ledger/bundle/format.ts';
import type { BundleEntry } from '../../../shared/ledger/bundle/write.ts';
import { formatCheckpoint } from '../../../shared/ledger/checkpoint.ts';
import { type EntryContent, fieldsOf, hashLeaf, leafOf } from '../../../shared/ledger/commitment.ts';
import { appendLeaf, EMPTY_FRONTIER, type Sha256 } from '../../../shared/ledger/merkle.ts';
import { formatKey, formatNote, signatureLine, utf8 } from '../../../shared/ledger/note.ts';
import { type ReadTile, rangeHash, TILE_HEIGHT, TILE_WIDTH, tilesOf } from '../../../shared/ledger/tiles.ts';
import type { TrustFile } from '../../../shared/ledger/trust.ts';

export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');

/** Entries of the most frequent shape, each of them different, the same at every call. */
export function entryAt(number: number): BundleEntry {
  const content: EntryContent = {
    id: `evt_${String(number).padStart(26, '0')}`,
    kind: 'key.revoked',
    at: new Date(1_767_225_600_000 + number).toISOString(),
    actor: { type: 'operator', id: `opr_${number % 10}`, name: 'Bench' },
    agent: null,
    requestId: `req_${String(number).padStart(26, '0')}`,
    data: {
      keyId: `key_${String(number).padStart(26, '0')}`,
      displayPrefix: 'th_bench000',
      reason: 'measured',
    },
  };
  const salts = Buffer.concat(
    Array.from({ length: fieldsOf(content).length }, (_, field) => sha256(Buffer.from(`${number}/${field}`))),
  );
  return {
    number,
    leaf: leafOf(sha256, content, salts),
    salts,
    entry: { ...content, data: { ...content.data } },
  };
}

const key = new LedgerKeys(new Uint8Array(32).fill(9));

const TRUST: TrustFile = {
  format: 'sallyport-trust/1',
  origin: key.name,
  epochs: [{ origin: key.name, fromSize: 0 }],
  ledgerKeys: [{ key: formatKey(key.verifier(1)), fromSize: 0, untilSize: null }],
  witnessKeys: [],
};

function treeOf(size: number): ReadTile {
  const tiles = new Map<string, { hashes: Buffer; used: number }>();
  let frontier = EMPTY_FRONTIER;
  for (let number = 0; number < size; number += 1) {
    const leaf = hashLeaf(sha256, entryAt(number).leaf);
    frontier = appendLeaf(sha256, frontier, leaf, ({ height, index, hash: node }) => {
      if (height % TILE_HEIGHT !== 0) return;
      const id = `${height / TILE_HEIGHT}/${Math.floor(index / TILE_WIDTH)}`;
      const tile = tiles.get(id) ?? { hashes: Buffer.alloc(TILE_WIDTH * 32), used: 0 };
      tile.hashes.set(node, tile.used);
      tile.used += 32;
      tiles.set(id, tile);
    });
  }
  return ({ level, index }) => {
    const tile = tiles.get(`${level}/${index}`);
    return tile?.hashes.subarray(0, tile.used);
  };
}

/** Writes a bundle of this many entries. @returns what believes it */
export async function writeBundle(path: string, size: number): Promise<TrustFile> {
  const read = treeOf(size);
  const text = formatCheckpoint({
    origin: key.name,
    size,
    root: rangeHash(sha256, { begin: 0, end: size }, read),
  });
  const manifest: Manifest = {
    ...{ format: 'sallyport-evidence/1', exportedAt: new Date(0).toISOString(), filter: {}, complete: true },
    ...{ first: 0, end: size, witnessed: null, trust: TRUST },
    checkpoint: formatNote(text, [signatureLine(key.verifier(1), key.version(1).sign(utf8(text)))]),
  };
  const hashesOf = async (ranges: readonly { begin: number; end: number }[]) =>
    tilesOf(ranges).length === 0 ? [] : ranges.map((range) => rangeHash(sha256, range, read));
  const source: BundleSource = {
    size,
    ranges: hashesOf,
    roots: (from, count) =>
      hashesOf(
        Array.from({ length: count }, (_, i) => ({
          begin: (from + i) * TILE_WIDTH,
          end: Math.min((from + i + 1) * TILE_WIDTH, size),
        })),
      ),
    leaves: async (first) => read({ level: 0, index: first / TILE_WIDTH }) ?? new Uint8Array(),
    entries: async (first, end) => Array.from({ length: end - first }, (_, i) => entryAt(first + i)),
    withheld: () => new Set(),
  };
  const file = createWriteStream(path);
  for await (const lines of assembleBundle(sha256, manifest, source))
    if (!file.write(lines)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
  return TRUST;
}
