import { sql } from 'kysely';
import type { CompletedNode } from '../../../shared/ledger/merkle.ts';
import type { Tx } from '../../db/database.ts';

/** A tile covers eight heights of the tree, like those of C2SP tlog-tiles: 256 hashes a row. */
const TILE_HEIGHT = 8;
const TILE_WIDTH = 2 ** TILE_HEIGHT;

/** Whether tiles keep this subtree. Leaves are in the entries themselves. */
export const belongsInTile = ({ height }: CompletedNode): boolean => height > 0 && height % TILE_HEIGHT === 0;

/** Appends subtrees in the order of their completion; their place in the tile follows from it. */
export async function appendTiles(tx: Tx, nodes: readonly CompletedNode[]): Promise<void> {
  for (const { height, index, hash } of nodes) {
    await tx
      .insertInto('ledger_tiles')
      .values({
        level: height / TILE_HEIGHT,
        index: Math.floor(index / TILE_WIDTH),
        hashes: Buffer.from(hash),
      })
      .onConflict((conflict) =>
        conflict
          .columns(['level', 'index'])
          .doUpdateSet({ hashes: sql`ledger_tiles.hashes || excluded.hashes` }),
      )
      .execute();
  }
}
