import type { Database } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { readPayerKey } from './sessions/store.ts';

/** Answered from the database, not from this process's settings: of two instances in a rollout both say the same. */
export const facilitatorHandlers = (db: Pick<Database, 'kysely'>): Pick<Handlers, 'facilitator.payer'> => ({
  'facilitator.payer': async () => {
    const { generation, fingerprint } = await readPayerKey(db.kysely);
    return { status: 200, body: { generation, payerKey: fingerprint?.toString('hex') ?? null } };
  },
});
