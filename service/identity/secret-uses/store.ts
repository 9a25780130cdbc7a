import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** Raw public key of an enrolled operator, base64url. */
export async function publicKeyOf(db: Reader, operatorId: string): Promise<string | null> {
  const row = await db
    .selectFrom('operators')
    .select('public_key')
    .where('id', '=', operatorId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row?.public_key ?? null;
}

/** Remembers these uses and answers the ids that were new: whoever sends one twice, or beside itself, enters it once. */
export async function takeUses(
  tx: Tx,
  keyId: string,
  uses: readonly { readonly id: string; readonly at: Date }[],
): Promise<Set<string>> {
  const rows = await tx
    .insertInto('secret_uses')
    .values(uses.map(({ id, at }) => ({ id, used_at: at, key_id: keyId, entered_at: sql<Date>`now()` })))
    .onConflict((conflict) => conflict.columns(['key_id', 'id']).doNothing())
    .returning('id')
    .execute();
  return new Set(rows.map(({ id }) => id));
}
