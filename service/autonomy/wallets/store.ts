import type { Database, Tx } from '../../db/database.ts';

export interface Retirement {
  readonly fingerprint: Buffer;
  readonly address: string;
  readonly successor: Buffer;
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
  readonly proposalId: string;
}

export async function isRetired(db: Database['kysely'] | Tx, fingerprint: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom('payer_key_retirements')
    .select('retired_at')
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst();
  return row !== undefined;
}

/** @throws DatabaseError of `payer_keys_retire_once`, `payer_keys_in_force_stay` */
export async function insertRetirement(tx: Tx, retirement: Retirement): Promise<void> {
  const { at, by, proposalId, ...rest } = retirement;
  await tx
    .insertInto('payer_key_retirements')
    .values({ ...rest, retired_at: at, retired_by: by, proposal_id: proposalId })
    .execute();
}
