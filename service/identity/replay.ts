import { type Database, type Tx, transact } from '../db/database.ts';
import { isRefusedBy } from '../db/database-error.ts';
import type { VerifiedSignature } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import { insertNonce, passHorizon } from './store.ts';

/**
 * Uses the nonce up in the mutation's transaction. Expiry is compared with the horizon of purged nonces as well, so a clock
 * that is set back does not revive a signature whose nonce has been forgotten.
 * @throws HttpError `signature_replayed` | `signature_expired`
 */
export async function acceptNonce(tx: Tx, signature: VerifiedSignature | null): Promise<void> {
  if (!signature) return;
  try {
    if (await insertNonce(tx, signature)) return;
  } catch (error) {
    if (!isRefusedBy(error, 'admin_nonces_once') && !isRefusedBy(error, 'approval_nonces_once')) throw error;
    throw new HttpError('signature_replayed', 'this signature was used before', { cause: error });
  }
  throw new HttpError('signature_expired', 'the signature is older than what this service still remembers');
}

/**
 * Forgets nonces that nobody can use again. A nonce goes one run after the horizon passed it, so that every transaction that
 * runs while it goes refuses it by its time.
 */
export const purgeNonces = (db: Pick<Database, 'kysely'>): Promise<void> =>
  transact(db, async (tx) => {
    await passHorizon(tx, 'admin');
    await passHorizon(tx, 'approval');
  });
