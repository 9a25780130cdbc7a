import { sql } from 'kysely';
import { hashLeaf } from '../../../shared/ledger/commitment.ts';
import { appendLeaf, type CompletedNode } from '../../../shared/ledger/merkle.ts';
import type { Tx } from '../../db/database.ts';
import { CONTENT_COLUMNS, sha256 } from '../entry-row.ts';
import { LedgerError } from '../ledger-error.ts';
import type { Staging } from '../staging.ts';
import { advanceHead, readHead } from './head.ts';
import { type Forgery, judge, type StagedRow } from './judge.ts';
import { holdLease } from './lease.ts';
import { appendTiles, belongsInTile } from './tiles.ts';

/** A batch is one transaction: as large as fits well below the statement timeout. */
export const BATCH_SIZE = 500;

/** What a forged row said is kept as evidence, up to this length. */
const EVIDENCE_CHARACTERS = 65_536;

export interface BatchDeps {
  /** Names this process among those that may lead. */
  readonly holder: string;
  readonly macKey: Uint8Array;
  readonly staging: Staging;
}

export interface BatchResult {
  readonly leading: boolean;
  /** Rows that were found staged; a full batch means that more may wait. */
  readonly found: number;
  readonly numbered: number;
  readonly forgeries: readonly { readonly arrival: string; readonly reason: Forgery }[];
}

/**
 * Numbers what is staged, in one transaction, so that a crash anywhere leaves either all of it done or none: hold the
 * lease, judge the rows, quarantine forgeries, extend the tree, move the rows, advance the head.
 */
export async function integrateBatch(tx: Tx, deps: BatchDeps): Promise<BatchResult> {
  const epoch = await holdLease(tx, deps.holder);
  if (epoch === undefined) return { leading: false, found: 0, numbered: 0, forgeries: [] };
  const rows = await readStaged(tx);
  const numbered = await alreadyNumbered(tx, rows);
  const judged = rows.map((row) => ({ row, reason: judge(row, deps.macKey, numbered.has(row.id)) }));
  const forged = judged.flatMap(({ row, reason }) => (reason === undefined ? [] : [{ row, reason }]));
  const genuine = judged.flatMap(({ row, reason }) => (reason === undefined ? [row] : []));
  if (forged.length > 0) await quarantine(tx, forged, deps.staging);
  if (genuine.length > 0) await number(tx, genuine, epoch);
  return {
    leading: true,
    found: rows.length,
    numbered: genuine.length,
    forgeries: forged.map(({ row, reason }) => ({ arrival: row.arrival, reason })),
  };
}

const readStaged = (tx: Tx): Promise<StagedRow[]> =>
  tx
    .selectFrom('ledger_staged')
    .leftJoin('ledger_salts', 'ledger_salts.entry_id', 'ledger_staged.id')
    .select([...CONTENT_COLUMNS, 'arrival', 'leaf', 'mac', 'salts'])
    .orderBy('arrival')
    .limit(BATCH_SIZE)
    .execute();

async function alreadyNumbered(tx: Tx, rows: readonly StagedRow[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const ids = rows.map((row) => row.id);
  const found = await tx.selectFrom('ledger_entries').select('id').where('id', 'in', ids).execute();
  return new Set(found.map((row) => row.id));
}

async function quarantine(
  tx: Tx,
  forged: readonly { row: StagedRow; reason: Forgery }[],
  staging: Staging,
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
  // One entry for the batch: whoever forges rows must not be able to flood the log with them.
  await staging.stage(tx, {
    kind: 'ledger.quarantined',
    data: { count: forged.length, reasons: [...new Set(forged.map(({ reason }) => reason))].sort() },
    actor: { type: 'system', id: 'integrator', name: null },
    agent: null,
    requestId: null,
  });
}

async function number(tx: Tx, rows: readonly StagedRow[], epoch: number): Promise<void> {
  const head = await readHead(tx);
  const hashes = rows.map((row) => Buffer.from(hashLeaf(sha256, row.leaf)));
  const completed: CompletedNode[] = [];
  const frontier = hashes.reduce(
    (range, hash) => appendLeaf(sha256, range, hash, (node) => completed.push(node)),
    head.frontier,
  );
  await moveRows(tx, rows, hashes, head.frontier.size);
  await appendTiles(tx, completed.filter(belongsInTile));
  await advanceHead(tx, head, frontier, epoch);
  await sql`SELECT pg_notify('ledger_integrated', ${String(frontier.size)})`.execute(tx);
}

/** The database moves the rows itself: what was judged is what is numbered, since nobody may change a staged row. */
async function moveRows(
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
