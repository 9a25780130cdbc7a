import { hex } from '@scure/base';
import { jcs } from '../commitment.ts';
import type { Sha256 } from '../merkle.ts';
import { HASH_BYTES, TILE_WIDTH } from '../tiles.ts';
import { entryLine, type Manifest, type OpenedEntry } from './format.ts';
import { innerOf, levelsOf } from './tree.ts';

/** A numbered entry with what opens it. */
export interface BundleEntry {
  readonly number: number;
  /** The bytes that were hashed. */
  readonly leaf: string;
  readonly entry: OpenedEntry;
  /** 32 bytes for each field, in the order of the leaf. */
  readonly salts: Uint8Array;
}

/** The line of an entry. @param withheld names of data fields that are not shown */
export function lineOf({ number, leaf, entry, salts }: BundleEntry, withheld: ReadonlySet<string>): string {
  const paths = (JSON.parse(leaf) as [string, string][]).map(([path]) => path);
  const opened = paths.map((path, i) =>
    withheld.has(path) ? null : hex.encode(salts.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
  );
  const data = Object.fromEntries(
    Object.entries(entry.data).filter(([name]) => !withheld.has(`data.${name}`)),
  );
  const bytes = new TextEncoder().encode(leaf).length;
  return entryLine(number, { text: leaf, bytes }, { ...entry, data }, opened);
}

export const manifestLine = (manifest: Manifest): string => jcs(manifest);

export const spineLine = (left: readonly Uint8Array[], right: readonly Uint8Array[]): string =>
  jcs({ left: left.map(hex.encode), right: right.map(hex.encode) });

/** @param from the first tile of these roots; at most 256 of them */
export const rootsLine = (from: number, roots: readonly Uint8Array[]): string =>
  jcs({ from, roots: roots.map(hex.encode).join('') });

/** @param shown offsets of the entries that follow; undefined for all */
export function tileLine(
  sha256: Sha256,
  tile: number,
  leaves: Uint8Array,
  shown?: readonly number[],
): string {
  const inner = innerOf(levelsOf(sha256, leaves));
  return jcs({ tile, leaves: hex.encode(leaves), inner: hex.encode(inner), ...(shown ? { shown } : {}) });
}

export const endLine = (sha256: Sha256, told: { entries: number; tiles: number; manifest: string }): string =>
  jcs({ end: { ...told, manifest: hex.encode(sha256(new TextEncoder().encode(told.manifest))) } });

/** The tiles that a range of numbers touches, whole but for the end of the log. */
export const wholeTiles = (first: number, end: number, size: number): { first: number; end: number } => ({
  first: Math.floor(first / TILE_WIDTH) * TILE_WIDTH,
  end: Math.min(Math.ceil(end / TILE_WIDTH) * TILE_WIDTH, size),
});
