import { setImmediate } from 'node:timers/promises';
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
/** What is judged at a time, while the database is busy with what was judged before. */
const PART_SIZE = 250;

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
 * lease, judge the rows, extend the tree, move the rows, advance the head, quarantine forgeries, sign it.
 */
export async function integrateBatch(tx: Tx, deps: BatchDeps): Promise<BatchResult> {
  const epoch = await holdLease(tx, deps.holder);
  if (epoch === undefined) return { leading: false, found: 0, numbered: 0, forgeries: [] };
  const rows = await readStaged(tx, BATCH_SIZE);
  const judged: Judged = { genuine: [], forged: [] };
  const head = await number(tx, judging(rows, deps.macKey, judged), epoch);
  if (judged.forged.length > 0) await quarantine(tx, judged.forged, deps);
  if (judged.genuine.length > 0) await close(tx, judged.genuine, { head, epoch }, deps);
  return {
    leading: true,
    found: rows.length,
    numbered: judged.genuine.length,
    forgeries: judged.forged.map(({ row, reason }) => ({ arrival: row.arrival, reason })),
  };
}

interface Judged {
  readonly genuine: StagedRow[];
  readonly forged: { row: StagedRow; reason: Forgery }[];
}

/** Judges a part of the rows each time that it is asked for more, and notes what came of it. */
function* judging(rows: readonly StagedRow[], macKey: Uint8Array, judged: Judged): Generator<StagedRow[]> {
  for (let first = 0; first < rows.length; first += PART_SIZE) {
    const genuine: StagedRow[] = [];
    for (const row of rows.slice(first, first + PART_SIZE)) {
      const reason = judge(row, macKey);
      if (reason === undefined) genuine.push(row);
      else judged.forged.push({ row, reason });
    }
    judged.genuine.push(...genuine);
    if (genuine.length > 0) yield genuine;
  }
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

/** Does what numbered rows order, and signs the head that comes of it. */
async function close(
  tx: Tx,
  rows: readonly StagedRow[],
  { head, epoch }: { readonly head: Frontier; readonly epoch: number },
  deps: BatchDeps,
): Promise<void> {
  let frontier = head;
  for (const id of await followOrders(tx, deps, frontier, rows)) {
    // The first entry of an epoch: nothing may come between it and the head that it commits to.
    frontier = await number(tx, [[await readStagedEntry(tx, id)]], epoch);
  }
  await signHead(tx, deps, frontier);
}

/** Numbers rows, part by part: while the database moves one, the next is judged. @returns the head after them */
async function number(tx: Tx, parts: Iterable<readonly StagedRow[]>, epoch: number): Promise<Frontier> {
  const head = await readHead(tx);
  const completed: CompletedNode[] = [];
  let frontier = head.frontier;
  let moving = Promise.resolve();
  for (const rows of parts) {
    const hashes = rows.map((row) => Buffer.from(hashLeaf(sha256, row.leaf)));
    const first = frontier.size;
    for (const hash of hashes) frontier = appendLeaf(sha256, frontier, hash, (node) => completed.push(node));
    await moving;
    moving = moveRows(tx, rows, hashes, first);
    // Its failure is met where it is waited for.
    moving.catch(() => undefined);
    // The statement leaves before this process is busy again.
    await setImmediate();
  }
  await moving;
  if (frontier.size === head.frontier.size) return frontier;
  await appendTiles(tx, completed.filter(belongsInTile));
  await advanceHead(tx, head, frontier, epoch);
  return frontier;
}
