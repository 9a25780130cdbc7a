import { hashLeaf } from '../../../shared/ledger/commitment.ts';
import { appendLeaf, type CompletedNode, type Frontier } from '../../../shared/ledger/merkle.ts';
import type { Tx } from '../../db/database.ts';
import { sha256 } from '../entry-row.ts';
import { type Forgery, judge, type StagedRow } from './judge.ts';
import { followOrders } from './orders.ts';
import { type SigningDeps, signHead } from './signing.ts';
import {
  advanceHead,
  appendTiles,
  belongsInTile,
  holdLease,
  keepAsEvidence,
  moveRows,
  readHead,
  readStaged,
  readStagedEntry,
} from './store.ts';

/** A batch is one transaction: as large as fits well below the statement timeout. */
export const BATCH_SIZE = 1000;

export interface BatchDeps extends SigningDeps {
  /** Names this process among those that may lead. */
  readonly holder: string;
  readonly macKey: Uint8Array;
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
 * lease, judge the rows, quarantine forgeries, extend the tree, move the rows, advance the head, sign it.
 */
export async function integrateBatch(tx: Tx, deps: BatchDeps): Promise<BatchResult> {
  const epoch = await holdLease(tx, deps.holder);
  if (epoch === undefined) return { leading: false, found: 0, numbered: 0, forgeries: [] };
  const rows = await readStaged(tx, BATCH_SIZE);
  const judged = rows.map((row) => ({ row, reason: judge(row, deps.macKey) }));
  const forged = judged.flatMap(({ row, reason }) => (reason === undefined ? [] : [{ row, reason }]));
  const genuine = judged.flatMap(({ row, reason }) => (reason === undefined ? [row] : []));
  if (forged.length > 0) await quarantine(tx, forged, deps);
  if (genuine.length > 0) await extend(tx, genuine, epoch, deps);
  return {
    leading: true,
    found: rows.length,
    numbered: genuine.length,
    forgeries: forged.map(({ row, reason }) => ({ arrival: row.arrival, reason })),
  };
}

async function quarantine(
  tx: Tx,
  forged: readonly { row: StagedRow; reason: Forgery }[],
  { staging }: BatchDeps,
): Promise<void> {
  await keepAsEvidence(tx, forged);
  // One entry for the batch: whoever forges rows must not be able to flood the log with them.
  await staging.stage(tx, {
    kind: 'ledger.quarantined',
    data: { count: forged.length, reasons: [...new Set(forged.map(({ reason }) => reason))].sort() },
    actor: { type: 'system', id: 'integrator', name: null },
    agent: null,
    requestId: null,
  });
}

/** Numbers the rows, does what they order, and signs the head that comes of it. */
async function extend(tx: Tx, rows: readonly StagedRow[], epoch: number, deps: BatchDeps): Promise<void> {
  let frontier = await number(tx, rows, epoch);
  for (const id of await followOrders(tx, deps, frontier, rows)) {
    // The first entry of an epoch: nothing may come between it and the head that it commits to.
    frontier = await number(tx, [await readStagedEntry(tx, id)], epoch);
  }
  await signHead(tx, deps, frontier);
}

async function number(tx: Tx, rows: readonly StagedRow[], epoch: number): Promise<Frontier> {
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
  return frontier;
}
