import { z } from 'zod';
import { jcs } from '../commitment.ts';
import { sha256Hex } from '../hex.ts';
import { trustFile } from '../trust.ts';

/**
 * An evidence bundle: one JSON text a line (docs/EVIDENCE.md). Lines have one spelling only, so that a changed byte is a
 * changed bundle even where it means the same.
 *
 * manifest, spine, tile roots (up to 256 a line), then for each tile its line and its entries, and the end.
 */
const count = z.number().int().nonnegative();

export const manifest = z.strictObject({
  format: z.literal('sallyport-evidence/1'),
  exportedAt: z.iso.datetime(),
  /** What was asked for; empty for everything. */
  filter: z.record(z.string(), z.string()),
  /** Numbers [first, end): whole tiles, or to the end of the log. */
  first: count,
  end: count,
  /** Whether every number of the range has its entry; otherwise the others have their leaf hash only. */
  complete: z.boolean(),
  /** Signed note with its cosignatures. */
  checkpoint: z.string(),
  /** The newest head that a witness has seen, where that is an older one, and the proof that this log continues it. */
  witnessed: z.strictObject({ checkpoint: z.string(), proof: z.array(sha256Hex) }).nullable(),
  /** What the log says about itself: enough to be consistent, never enough to be believed. */
  trust: trustFile,
});
export type Manifest = z.infer<typeof manifest>;

/** Hashes of the perfect subtrees beside the range. */
export const spine = z.strictObject({ left: z.array(sha256Hex), right: z.array(sha256Hex) });

/** Roots of the tiles, from this tile on. */
export const tileRoots = z.strictObject({ from: count, roots: z.string() });

/** The tile's leaf hashes, the nodes between them and its root, and which of its entries follow when not all do. */
export const tile = z.strictObject({
  tile: count,
  leaves: z.string(),
  inner: z.string(),
  shown: z.array(count).optional(),
});
export type Tile = z.infer<typeof tile>;

export const ending = z.strictObject({
  end: z.strictObject({ entries: count, tiles: count, manifest: sha256Hex }),
});

const text = z.string();

/** What an entry says; withheld fields are absent from its data. */
export const openedEntry = z.strictObject({
  id: text,
  kind: text,
  at: text,
  actor: z.strictObject({ type: text, id: text, name: text.nullable() }),
  agent: text.nullable(),
  requestId: text.nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type OpenedEntry = z.infer<typeof openedEntry>;

/** Salts in the order of the leaf; null where the field is withheld. */
export const salts = z.array(sha256Hex.nullable());

/** @param leaf the bytes that were hashed, as text */
export const entryLine = (
  number: number,
  leaf: { readonly text: string; readonly bytes: number },
  entry: OpenedEntry,
  opened: readonly (string | null)[],
): string =>
  `{"n":${number},"l":${leaf.bytes},"leaf":${leaf.text},"entry":${jcs(entry)},"salts":${jcs(opened)}}`;

export const BUNDLE_TYPE = 'application/vnd.sallyport.evidence+jsonl';
