import { randomBytes } from 'node:crypto';
import type { SpendingFreeze } from '../../shared/http/freeze.ts';
import { makeId } from '../../shared/ids/ids.ts';
import type { Database, Tx } from '../db/database.ts';
import { isRefusedBy } from '../db/database-error.ts';
import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../identity/mutation.ts';
import { criticalExecutor, type Executor } from '../identity/proposals/executor.ts';
import { type FreezeRow, insertFreeze, liftFreeze, readFreeze } from './freeze.store.ts';

type FreezeHandlers = Pick<Handlers, 'freeze.state' | 'freeze.order'>;

/** A minute: whoever is told to come back sooner only knocks at a closed door. */
const RETRY_SECONDS = 60;

const toFreeze = (row: FreezeRow): SpendingFreeze => ({
  id: row.id,
  frozenAt: row.frozen_at.toISOString(),
  frozenBy: row.frozen_by,
  reason: row.reason,
});

/** The freeze in force, for whoever shows the state of the service. */
export async function currentFreeze(db: Pick<Database, 'kysely'>): Promise<SpendingFreeze | null> {
  const row = await readFreeze(db.kysely);
  return row ? toFreeze(row) : null;
}

/** What the database's refusal is to whoever wanted to spend; null for anything else. */
export const classifyFreeze = (error: unknown): HttpError | null =>
  isRefusedBy(error, 'spending_is_frozen')
    ? new HttpError('frozen', 'an operator has stopped all spending; nothing was charged. Try again later', {
        retryAfterSeconds: RETRY_SECONDS,
        cause: error,
      })
    : null;

const already = (cause?: unknown) => new HttpError('conflict', 'spending is stopped already', { cause });

export const freezeHandlers = ({
  db,
  mutate,
}: {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
}): FreezeHandlers => ({
  'freeze.state': async () => ({ status: 200, body: { freeze: await currentFreeze(db) } }),
  'freeze.order': ({ body: { reason } }, ctx) =>
    mutate('freeze.order', ctx, async (tx, stage): Promise<Done<'freeze.order'>> => {
      const at = ctx.now();
      const id = makeId('freeze', randomBytes(10), at.getTime());
      const row = await insertFreeze(tx, { id, at, by: actorOf(ctx).id, reason }).catch((error: unknown) => {
        throw isRefusedBy(error, 'spending_freezes_one_at_a_time') ? already(error) : error;
      });
      const eventId = await stage('spending.frozen', { freezeId: id, reason });
      return { subject: id, answer: { status: 201, body: { freeze: toFreeze(row), eventId } } };
    }),
});

async function requireInForce(tx: Tx, freezeId: string): Promise<void> {
  const row = await readFreeze(tx);
  if (row?.id !== freezeId) throw new HttpError('conflict', `${freezeId} is not in force`);
}

/** Allowing spending again, once two persons want it. */
export const liftExecutor = (): Executor =>
  criticalExecutor('freeze.lift', {
    check: (tx, { body }) => requireInForce(tx, body.freezeId),
    execute: async (tx, { body: { freezeId, reason } }, { stage, proposalId, approverId, now }) => {
      if (!(await liftFreeze(tx, freezeId, { at: now, by: approverId, reason })))
        throw new HttpError('conflict', `${freezeId} is not in force`);
      await stage('spending.resumed', { freezeId, reason, proposalId });
      return freezeId;
    },
  });
