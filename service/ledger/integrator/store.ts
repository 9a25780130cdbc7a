import { sql } from 'kysely';
import { type CompletedNode, checkFrontier, type Frontier, rootOf } from '../../../shared/ledger/merkle.ts';
import { HASH_BYTES, TILE_HEIGHT, TILE_WIDTH } from '../../../shared/ledger/tiles.ts';
import type { Tx } from '../../db/database.ts';
import { CONTENT_COLUMNS, sha256 } from '../entry-row.ts';
import { LedgerError } from '../ledger-error.ts';
import type { StagedRow } from './judge.ts';

/** A leader that died is replaced after this; a living one renews it with every batch, so idling writes nothing. */
export const LEASE_SECONDS = 2;

/**
 * Takes or renews the lease of the ledger, and holds its row until the transaction ends. A lease that lasts longer than any is
 * given was written before the clock was set back: waiting for its end could take hours, and the fence keeps its holder out.
 * @returns the fencing token, or `undefined` while another integrator leads
 */
export async function holdLease(tx: Tx, holder: string): Promise<number | undefined> {
  const { rows } = await sql<{ epoch: string }>`
    UPDATE leases
    SET epoch = CASE WHEN holder = ${holder} THEN epoch ELSE epoch + 1 END,
        holder = ${holder},
        expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE name = 'ledger' AND (holder = ${holder} OR expires_at < clock_timestamp()
      OR expires_at > clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}))
    RETURNING epoch`.execute(tx);
  const epoch = rows[0]?.epoch;
  return epoch === undefined ? undefined : Number(epoch);
}

/** Lets the next integrator lead at once. */
export async function releaseLease(tx: Tx, holder: string): Promise<void> {
  await sql`UPDATE leases SET expires_at = '-infinity' WHERE name = 'ledger' AND holder = ${holder}`.execute(
    tx,
  );
}

export interface Head {
  readonly frontier: Frontier;
  readonly root: Buffer;
}

const split = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
    bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );

/** @throws LedgerError `head-damaged` when the frontier does not give the stored root */
export async function readHead(tx: Tx): Promise<Head> {
  const row = await tx
    .selectFrom('ledger_head')
    .select(['size', 'root', 'frontier'])
    .executeTakeFirstOrThrow();
  try {
    const frontier = checkFrontier({ size: Number(row.size), hashes: split(row.frontier) });
    if (row.root.equals(rootOf(sha256, frontier))) return { frontier, root: row.root };
  } catch (cause) {
    throw new LedgerError('head-damaged', 'the stored head of the ledger is malformed', { cause });
  }
  throw new LedgerError('head-damaged', 'the stored root of the ledger is not the root of its frontier');
}

/**
 * Advances the head by compare-and-swap.
 * @throws LedgerError `fenced` when it is not where it was, or a later leader has touched it
 */
export async function advanceHead(tx: Tx, from: Head, to: Frontier, epoch: number): Promise<void> {
  const result = await tx
    .updateTable('ledger_head')
    .set({
      size: to.size,
      root: Buffer.from(rootOf(sha256, to)),
      frontier: Buffer.concat(to.hashes),
      epoch,
      integrated_at: sql`clock_timestamp()`,
    })
    .where('size', '=', String(from.frontier.size))
    .where('root', '=', from.root)
    .where('epoch', '<=', String(epoch))
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n)
    throw new LedgerError('fenced', 'the head of the ledger moved under this leader');
}

/** Whether tiles keep this subtree: leaves, and the roots of 256^level of them. */
export const belongsInTile = ({ height }: CompletedNode): boolean => height % TILE_HEIGHT === 0;

/** Appends subtrees in the order of their completion; their place in the tile follows from it. One row a tile. */
export async function appendTiles(tx: Tx, nodes: readonly CompletedNode[]): Promise<void> {
  const tiles = new Map<string, { level: number; index: number; hashes: Uint8Array[] }>();
  for (const { height, index, hash } of nodes) {
    const place = { level: height / TILE_HEIGHT, index: Math.floor(index / TILE_WIDTH) };
    const key = `${place.level}/${place.index}`;
    const tile = tiles.get(key) ?? { ...place, hashes: [] };
    tile.hashes.push(hash);
    tiles.set(key, tile);
  }
  if (tiles.size === 0) return;
  await tx
    .insertInto('ledger_tiles')
    .values([...tiles.values()].map((tile) => ({ ...tile, hashes: Buffer.concat(tile.hashes) })))
    .onConflict((conflict) =>
      conflict
        .columns(['level', 'index'])
        .doUpdateSet({ hashes: sql`ledger_tiles.hashes || excluded.hashes` }),
    )
    .execute();
}

/**
 * Staged rows with their salts, and whether the log has an entry of the same id already. One probe of the index a row: for an
 * EXISTS the planner may read the whole log into a hash, and does so as long as its statistics lag behind.
 */
const staged = (tx: Tx) =>
  tx
    .selectFrom('ledger_staged as s')
    .leftJoin('ledger_salts', 'ledger_salts.entry_id', 's.id')
    .select([...CONTENT_COLUMNS, 'arrival', 'leaf', 'mac', 'salts'])
    .select((eb) =>
      sql<boolean>`${eb
        .selectFrom('ledger_entries as e')
        .select('e.number')
        .whereRef('e.id', '=', 's.id')} IS NOT NULL`.as('numbered'),
    );

/** What was staged first. */
export const readStaged = (tx: Tx, limit: number): Promise<StagedRow[]> =>
  staged(tx).orderBy('arrival').limit(limit).execute();

/** One staged row. @throws when it is not there */
export const readStagedEntry = (tx: Tx, id: string): Promise<StagedRow> =>
  staged(tx).where('s.id', '=', id).executeTakeFirstOrThrow();

/** What a forged row said is kept as evidence, up to this length. */
const EVIDENCE_CHARACTERS = 65_536;

/** Takes rows out of the staging table and keeps them apart. */
export async function keepAsEvidence(
  tx: Tx,
  forged: readonly { readonly row: StagedRow; readonly reason: string }[],
): Promise<void> {
  const kept = forged.map(({ row, reason }) => ({
    arrival: row.arrival,
    reason,
    content: JSON.stringify({ ...row, mac: row.mac.toString('hex'), salts: null }).slice(
      0,
      EVIDENCE_CHARACTERS,
    ),
  }));
  await tx.insertInto('ledger_quarantine').values(kept).execute();
  const arrivals = forged.map(({ row }) => row.arrival);
  await tx.deleteFrom('ledger_staged').where('arrival', 'in', arrivals).execute();
}

/** The database moves the rows itself: what was judged is what is numbered, since nobody may change a staged row. */
export async function moveRows(
  tx: Tx,
  rows: readonly StagedRow[],
  hashes: readonly Buffer[],
  first: number,
): Promise<void> {
  const content = sql.join(CONTENT_COLUMNS.map((column) => sql.ref(column)));
  const { numAffectedRows } = await sql`
    WITH numbered AS (
      SELECT * FROM unnest(${rows.map((row) => row.arrival)}::bigint[], ${hashes}::bytea[])
        WITH ORDINALITY AS n (staged, leaf_hash, place)
    ), moved AS (
      DELETE FROM ledger_staged USING numbered WHERE arrival = staged RETURNING *
    )
    INSERT INTO ledger_entries (number, ${content}, leaf, leaf_hash, mac)
    SELECT ${String(first)}::bigint + place - 1, ${content}, leaf, leaf_hash, mac FROM moved`.execute(tx);
  if (numAffectedRows !== BigInt(rows.length))
    throw new LedgerError('fenced', 'a staged row was taken by somebody else');
}
