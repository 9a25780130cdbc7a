import { type Database, type Tx, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import type { Stage } from '../mutation.ts';
import { closeAllOf, closeExpired } from './store.ts';

/** Withdraws everything open of an operator that is revoked. @returns how many there were */
export async function withdrawAllOf(
  tx: Tx,
  stage: Stage,
  operatorId: string,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<number> {
  const reason = 'its proposer was revoked';
  const rows = await closeAllOf(tx, operatorId, { state: 'withdrawn', at, by, reason, subject: null });
  for (const row of rows)
    await stage('proposal.withdrawn', { proposalId: row.id, digest: row.digest.toString('hex'), reason });
  return rows.length;
}

/** Closes what no second person approved in its time; the ledger says so once. */
export const expireProposals = (db: Pick<Database, 'kysely'>, staging: Staging, now: Date): Promise<number> =>
  transact(db, async (tx) => {
    const rows = await closeExpired(tx, { state: 'expired', at: now, by: null, reason: null, subject: null });
    for (const row of rows)
      await staging.stage(tx, {
        kind: 'proposal.expired',
        data: { proposalId: row.id, digest: row.digest.toString('hex') },
        actor: { type: 'system', id: 'api', name: null },
        agent: null,
        requestId: null,
      });
    return rows.length;
  });
