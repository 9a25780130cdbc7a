import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';

export interface LedgerKeyRow {
  readonly version: number;
  readonly from_size: string;
  readonly until_size: string | null;
  readonly retires_at: Date | null;
}

/** Keys that may sign at this size, the current one first. */
export const readSigningKeys = (tx: Tx, size: number): Promise<LedgerKeyRow[]> =>
  tx
    .selectFrom('ledger_keys')
    .select(['version', 'from_size', 'until_size', 'retires_at'])
    .where((eb) => eb.or([eb('until_size', 'is', null), eb('until_size', '>=', String(size))]))
    .orderBy('version', 'desc')
    .execute();

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

/** The epoch that the log is in. */
export async function readEpoch(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('ledger_epochs')
    .select('epoch')
    .orderBy('epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.epoch ?? 1;
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

/** Signed again at the same size after a rotation, the note has the signatures of today. */
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
    .execute();
}
