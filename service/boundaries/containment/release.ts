import type { Tx } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import { requireNamed } from '../../identity/named.ts';
import { criticalExecutor, type Executor } from '../../identity/proposals/executor.ts';
import type { ContainmentRow } from './rules.ts';
import { lockContainment, releaseContainment } from './store.ts';

interface Release {
  readonly params: { readonly id: string };
  readonly body: { readonly name: string };
}

async function requireBlocking(tx: Tx, { params: { id }, body }: Release): Promise<ContainmentRow> {
  const row = await lockContainment(tx, id);
  if (!row) throw new HttpError('not_found', `there is no containment ${id}`);
  requireNamed(id, { name: body.name }, { name: row.name });
  if (row.kind !== 'account')
    throw new HttpError('conflict', 'only an account can be released; what was revoked stays revoked');
  if (row.released_at !== null) throw new HttpError('conflict', `${id} was released before`);
  if (row.finished_at === null)
    throw new HttpError('conflict', `${id} still revokes; release it when nothing is left`);
  return row;
}

/** Letting an account sign in again, once two persons want it. Another containment of the same account keeps it out. */
export const releaseExecutor = (): Executor =>
  criticalExecutor('containments.release', {
    check: async (tx, input) => {
      await requireBlocking(tx, input);
    },
    execute: async (tx, input, { stage, proposalId, approverId, now }) => {
      const { id, credential: accountId } = await requireBlocking(tx, input);
      const { reason } = input.body;
      await releaseContainment(tx, id, { at: now, by: approverId, reason });
      await stage('containment.released', { containmentId: id, accountId, reason, proposalId });
      return id;
    },
  });
