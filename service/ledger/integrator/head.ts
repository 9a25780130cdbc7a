import { sql } from 'kysely';
import { checkFrontier, type Frontier, rootOf } from '../../../shared/ledger/merkle.ts';
import type { Tx } from '../../db/database.ts';
import { sha256 } from '../entry-row.ts';
import { LedgerError } from '../ledger-error.ts';

const HASH_BYTES = 32;

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
