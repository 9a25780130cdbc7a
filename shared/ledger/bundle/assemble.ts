import type { Sha256 } from '../merkle.ts';
import type { LeafRange } from '../proofs.ts';
import { HASH_BYTES, subtreesOf, TILE_WIDTH } from '../tiles.ts';
import type { Manifest } from './format.ts';
import { type BundleEntry, endLine, lineOf, manifestLine, rootsLine, spineLine, tileLine } from './write.ts';

/** The log as a bundle is made of it; every answer is about the size of the manifest's checkpoint. */
export interface BundleSource {
  readonly size: number;
  /** Hashes of perfect subtrees beside the range. */
  ranges(ranges: readonly LeafRange[]): Promise<readonly Uint8Array[]>;
  /** Roots of tiles, the last of the log not complete perhaps. */
  roots(fromTile: number, count: number): Promise<readonly Uint8Array[]>;
  /** Leaf hashes [first, end), one after the other. */
  leaves(first: number, end: number): Promise<Uint8Array>;
  /** Entries [first, end) that are shown, in order. */
  entries(first: number, end: number): Promise<readonly BundleEntry[]>;
  /** Paths of an entry's fields that are withheld. */
  withheld(entry: BundleEntry): ReadonlySet<string>;
}

const rangesOf = (begin: number, end: number): LeafRange[] =>
  subtreesOf({ begin, end }).map(({ height, index }) => ({
    begin: index * 2 ** height,
    end: (index + 1) * 2 ** height,
  }));

/** The lines of a bundle, a tile and its entries at a time. */
export async function* assembleBundle(
  sha256: Sha256,
  manifest: Manifest,
  source: BundleSource,
): AsyncGenerator<string> {
  const { first, end, complete } = manifest;
  const [firstTile, tiles] = [first / TILE_WIDTH, Math.ceil((end - first) / TILE_WIDTH)];
  const head = manifestLine(manifest);
  yield `${head}\n`;
  const beside = await Promise.all([rangesOf(0, first), rangesOf(end, source.size)].map(source.ranges));
  yield `${spineLine(beside[0] ?? [], beside[1] ?? [])}\n`;
  for (let done = 0; done < tiles; done += TILE_WIDTH) {
    const count = Math.min(TILE_WIDTH, tiles - done);
    yield `${rootsLine(firstTile + done, await source.roots(firstTile + done, count))}\n`;
  }
  let entries = 0;
  for (let i = 0; i < tiles; i += 1) {
    const from = first + i * TILE_WIDTH;
    const to = Math.min(from + TILE_WIDTH, end);
    const [leaves, shown] = await Promise.all([source.leaves(from, to), source.entries(from, to)]);
    const offsets = complete ? undefined : shown.map(({ number }) => number - from);
    const lines = [
      tileLine(sha256, firstTile + i, leaves.subarray(0, (to - from) * HASH_BYTES), offsets),
      ...shown.map((entry) => lineOf(entry, source.withheld(entry))),
    ];
    entries += shown.length;
    yield `${lines.join('\n')}\n`;
  }
  yield `${endLine(sha256, { entries, tiles, manifest: head })}\n`;
}
