import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';

export interface LedgerKeyRow {
  readonly version: number;
  readonly from_size: string;
  readonly until_size: string | null;
  readonly retires_at: Date | null;
}

export interface Signers {
  /** The epoch that the log is in. */
  readonly epoch: number;
  readonly keys: readonly LedgerKeyRow[];
}

/** The epoch and, the current one first, the keys that may sign at this size. */
export async function readSigners(tx: Tx, size: number): Promise<Signers> {
  const { rows } = await sql<
    { epoch: number } & { [column in keyof LedgerKeyRow]: LedgerKeyRow[column] | null }
  >`
    SELECT log.epoch, version, from_size, until_size, retires_at
    FROM (SELECT coalesce(max(epoch), 1) AS epoch FROM ledger_epochs) AS log
    LEFT JOIN ledger_keys ON until_size IS NULL OR until_size >= ${String(size)}::bigint
    ORDER BY version DESC`.execute(tx);
  // Without any key there is one row that says the epoch.
  const keys = rows.flatMap(({ version, from_size, ...end }) =>
    version === null || from_size === null ? [] : [{ version, from_size, ...end }],
  );
  return { epoch: rows[0]?.epoch ?? 1, keys };
}

export async function insertKey(tx: Tx, version: number, publicKey: Buffer, fromSize: number): Promise<void> {
  await tx
    .insertInto('ledger_keys')
    .values({ version, public_key: publicKey, from_size: fromSize, until_size: null, retires_at: null })
    .execute();
}

/** Ends the validity of a key at a size, or says when it will end. */
export async function endKey(
  tx: Tx,
  version: number,
  end: { readonly until_size: number } | { readonly retires_at: Date },
): Promise<void> {
  await tx.updateTable('ledger_keys').set(end).where('version', '=', version).execute();
}

export async function insertEpoch(
  tx: Tx,
  opened: {
    readonly epoch: number;
    readonly from_size: number;
    readonly witnessed_size: number;
    readonly witnessed_root: Buffer;
  },
): Promise<void> {
  await tx.insertInto('ledger_epochs').values(opened).execute();
}

/**
 * Keeps a signed head, and tells the streams of it when the transaction commits. Signed again at the same size after a
 * rotation, the note has the signatures of today.
 */
export async function saveCheckpoint(
  tx: Tx,
  checkpoint: {
    readonly epoch: number;
    readonly size: number;
    readonly root: Buffer;
    readonly note: string;
  },
): Promise<void> {
  await tx
    .insertInto('ledger_checkpoints')
    .values(checkpoint)
    .onConflict((conflict) =>
      conflict
        .columns(['epoch', 'size'])
        .doUpdateSet({ note: sql`excluded.note` })
        .where('ledger_checkpoints.root', '=', checkpoint.root),
    )
    .returning(sql`pg_notify('ledger_integrated', ${String(checkpoint.size)})`.as('told'))
    .execute();
}
