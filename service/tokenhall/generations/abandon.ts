import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import { formatUnits } from '../../../shared/money/units.ts';
import { type Database, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import { endUnpaid, lockAbandoned } from './store.ts';

/** After the hold's expiry: whoever can still settle it has a minute more. */
const GRACE_MS = 60_000;
/** Generations in one transaction: few enough to commit at once. */
const BATCH = 100;

export interface AbandonDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  now(): Date;
}

const ACTOR = { type: 'system', id: 'generations', name: null } as const;

/**
 * Ends the generations whose process died between hold and settlement. What they cost is known to nobody any more, so nobody is
 * charged: the treasury frees the hold when it expires, and this frees their part of their key's limit. Every instance may run
 * it at the same time.
 */
export const abandonGenerations = ({ db, staging, now }: AbandonDeps): Promise<number> =>
  transact(db, async (tx) => {
    const stage = <K extends EventKind>(kind: K, data: EventData<K>) =>
      staging.stage(tx, { kind, data, actor: ACTOR, agent: null, requestId: null });
    const rows = await lockAbandoned(tx, GRACE_MS, BATCH);
    for (const { id, key_id: keyId, model, provider, held_units: held } of rows) {
      await endUnpaid(tx, id, { state: 'abandoned', ended: 'abandoned', at: now(), trace: [] });
      const told = { generationId: id, keyId, model, provider, held: formatUnits(BigInt(held)) };
      await stage('generation.abandoned', told);
    }
    return rows.length;
  });
