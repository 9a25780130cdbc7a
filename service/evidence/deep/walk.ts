import { hashLeaf, leafOf } from '../../../shared/ledger/commitment.ts';
import { appendLeaf, EMPTY_FRONTIER, type Frontier, rootOf } from '../../../shared/ledger/merkle.ts';
import { TILE_HEIGHT, TILE_WIDTH, type TileId } from '../../../shared/ledger/tiles.ts';
import { judgeCheckpoint, type TrustFile } from '../../../shared/ledger/trust.ts';
import { verifyEd25519 } from '../../ledger/ed25519.ts';
import { sha256 } from '../../ledger/entry-row.ts';
import { readAuthentic } from '../../ledger/mac.ts';
import { type CheckpointRow, type Reader, readTiles } from '../store.ts';
import { readCheckpoints, readStored, type StoredEntry } from './store.ts';

/**
 * - `missing`: no entry has this number
 * - `content`, `salts`, `leaf-hash`: the entry, what opens it, or its hash is not what was written
 * - `tile`, `head`, `checkpoint`: a hash of the tree, the head or a signed head is not the one of the entries
 * - `repeated`: the entry waits for a number once more, though it happened once
 */
export interface LogFinding {
  readonly what: 'missing' | 'content' | 'salts' | 'leaf-hash' | 'tile' | 'head' | 'checkpoint' | 'repeated';
  readonly number: number;
}

export interface LogWalk {
  readonly db: Reader;
  readonly macKey: Uint8Array;
  readonly trust: TrustFile;
  readonly size: number;
  readonly found: (finding: LogFinding) => void;
  readonly told: (row: StoredEntry) => void;
}

function judgeEntry(row: StoredEntry, macKey: Uint8Array): LogFinding['what'][] {
  const findings: LogFinding['what'][] = [];
  const content = readAuthentic(row, macKey);
  if (!content) findings.push('content');
  else if (row.salts === null || leafOf(sha256, content, row.salts) !== row.leaf) findings.push('salts');
  if (!row.leaf_hash.equals(hashLeaf(sha256, row.leaf))) findings.push('leaf-hash');
  return findings;
}

const judgeEntrySafely = (row: StoredEntry, macKey: Uint8Array): LogFinding['what'][] => {
  try {
    return judgeEntry(row, macKey);
  } catch {
    // Salts of another number than fields: what is stored cannot even be read.
    return ['salts'];
  }
};

/** The trees of a walk: as the entries give it, and as the tiles say. */
class TreeCheck {
  readonly #walk: LogWalk;
  readonly #completed: { readonly tile: TileId; readonly offset: number; readonly hash: Uint8Array }[] = [];
  frontier: Frontier = EMPTY_FRONTIER;

  constructor(walk: LogWalk) {
    this.#walk = walk;
  }

  append(hash: Uint8Array): void {
    this.frontier = appendLeaf(sha256, this.frontier, hash, ({ height, index, hash: node }) => {
      if (height % TILE_HEIGHT !== 0) return;
      const tile = { level: height / TILE_HEIGHT, index: Math.floor(index / TILE_WIDTH) };
      this.#completed.push({ tile, offset: index % TILE_WIDTH, hash: node });
    });
  }

  /** Compares what was completed since the last time with the tiles. */
  async compare(): Promise<void> {
    const tiles = new Map(this.#completed.map(({ tile }) => [`${tile.level}/${tile.index}`, tile]));
    const read = await readTiles(this.#walk.db, [...tiles.values()]);
    for (const { tile, offset, hash } of this.#completed.splice(0)) {
      const stored = read(tile)?.subarray(offset * 32, (offset + 1) * 32);
      if (!stored || Buffer.compare(stored, hash) !== 0)
        this.#walk.found({
          what: 'tile',
          number: (tile.index * TILE_WIDTH + offset) * TILE_WIDTH ** tile.level,
        });
    }
  }
}

function judgeHead({ trust, found }: LogWalk, row: CheckpointRow, root: Uint8Array): void {
  const size = Number(row.size);
  try {
    const { checkpoint, problem } = judgeCheckpoint({ sha256, verifyEd25519 }, row.note, trust);
    const signed = checkpoint.size === size && row.root.equals(checkpoint.root);
    if (problem === null && signed && row.root.equals(root)) return;
  } catch {
    // Not even a checkpoint any more.
  }
  found({ what: 'checkpoint', number: size });
}

/**
 * Reads the whole log and compares every byte of it: content by its MAC, salts by what they open, hashes, tiles and signed
 * heads by what the entries give.
 * @returns the frontier of the entries
 */
export async function* walkLog(walk: LogWalk): AsyncGenerator<number, Frontier> {
  const { db, macKey, size, found, told } = walk;
  const tree = new TreeCheck(walk);
  for (let first = 0; first < size; first += TILE_WIDTH) {
    const end = Math.min(first + TILE_WIDTH, size);
    const rows = new Map((await readStored(db, first, end)).map((row) => [Number(row.number), row]));
    const heads = new Map((await readCheckpoints(db, first, end)).map((row) => [Number(row.size), row]));
    for (let number = first; number < end; number += 1) {
      const row = rows.get(number);
      for (const what of row ? judgeEntrySafely(row, macKey) : (['missing'] as const))
        found({ what, number });
      if (row) told(row);
      // Without the entry its stored place is all that there is; the finding stands already.
      tree.append(row ? hashLeaf(sha256, row.leaf) : Buffer.alloc(32));
      const head = heads.get(number + 1);
      if (head) judgeHead(walk, head, rootOf(sha256, tree.frontier));
    }
    await tree.compare();
    yield end;
  }
  return tree.frontier;
}
