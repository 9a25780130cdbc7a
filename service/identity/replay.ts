import { sql } from 'kysely';
import { type Database, type Tx, transact } from '../db/database.ts';
import { isRefusedBy } from '../db/database-error.ts';
import type { VerifiedSignature } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';

/**
 * No signature expires later than 120 s after it is accepted (skew and lifetime); five minutes leave room for a transaction
 * that was judged just before.
 */
const HORIZON_LAG = sql.lit('5 minutes');

/**
 * Uses the nonce up in the mutation's transaction. Expiry is compared with the horizon of purged nonces as well, so a clock
 * that is set back does not revive a signature whose nonce has been forgotten.
 * @throws HttpError `signature_replayed` | `signature_expired`
 */
export async function acceptNonce(tx: Tx, signature: VerifiedSignature | null): Promise<void> {
  if (!signature) return;
  const { keyId, nonce, expires } = signature;
  try {
    const accepted = await tx
      .insertInto('admin_nonces')
      .columns(['key_id', 'nonce', 'expires_at'])
      .expression((eb) =>
        eb
          .selectFrom('admin_nonce_horizon')
          .select([
            eb.val(keyId).as('key_id'),
            eb.val(nonce).as('nonce'),
            sql<Date>`${expires}::timestamptz`.as('expires_at'),
          ])
          .where('horizon', '<', expires),
      )
      .executeTakeFirst();
    if (accepted.numInsertedOrUpdatedRows === 1n) return;
  } catch (error) {
    if (!isRefusedBy(error, 'admin_nonces_once')) throw error;
    throw new HttpError('signature_replayed', 'this signature was used before', { cause: error });
  }
  throw new HttpError('signature_expired', 'the signature is older than what this service still remembers');
}

/**
 * Forgets nonces that nobody can use again. What was behind the horizon of the last run goes first, then the horizon moves up
 * to the highest time stored: a nonce is deleted only when every transaction that runs refuses it by its time.
 */
export async function purgeNonces(db: Pick<Database, 'kysely'>): Promise<void> {
  await transact(db, async (tx) => {
    await tx
      .deleteFrom('admin_nonces')
      .where('expires_at', '<=', (eb) => eb.selectFrom('admin_nonce_horizon').select('horizon'))
      .execute();
    await sql`UPDATE admin_nonce_horizon SET horizon = greatest(horizon,
      (SELECT max(expires_at) - ${HORIZON_LAG}::interval FROM admin_nonces))`.execute(tx);
  });
}
