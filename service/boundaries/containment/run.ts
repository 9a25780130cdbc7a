import type { ContainmentAction } from '../../../shared/http/containment.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import { type Database, type Tx, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import { type Revocation, runStep } from './revoke.ts';
import { type ContainmentRow, countsOf, type StepRow } from './rules.ts';
import { countStep, finishContainment, lockRunning, stepsOf } from './store.ts';

export interface ContainmentDeps extends Pick<Revocation, 'revokePayerSession'> {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  now(): Date;
}

/** Whoever ordered it did it, however much later and on whichever instance. */
const orderedBy = ({ operator_id: id, operator_name: name }: ContainmentRow): Actor => ({
  type: 'operator',
  id,
  name,
});

export function revocationOf(tx: Tx, deps: ContainmentDeps, row: ContainmentRow): Revocation {
  const actor = orderedBy(row);
  return {
    ...{ now: deps.now(), by: actor, reason: row.reason, revokePayerSession: deps.revokePayerSession },
    stage: (kind, data) => deps.staging.stage(tx, { kind, data, actor, agent: null, requestId: null }),
  };
}

export async function advance(
  tx: Tx,
  deps: ContainmentDeps,
  row: ContainmentRow,
  step: StepRow,
): Promise<void> {
  const how = revocationOf(tx, deps, row);
  const { revoked, done } = await runStep(tx, { ...step, action: step.action as ContainmentAction }, how);
  await countStep(tx, row.id, step.position, { revoked, doneAt: done ? how.now : null });
}

/** Takes one containment one page further. @returns whether there was any */
const goOn = (deps: ContainmentDeps): Promise<boolean> =>
  transact(deps.db, async (tx) => {
    const row = await lockRunning(tx);
    if (!row) return false;
    const steps = await stepsOf(tx, row.id);
    const next = steps.find(({ done_at }) => done_at === null);
    if (next) {
      await advance(tx, deps, row, next);
      return true;
    }
    await finishContainment(tx, row.id, deps.now());
    const how = revocationOf(tx, deps, row);
    const what = { containmentId: row.id, credentialKind: row.kind, credentialId: row.credential };
    await how.stage('containment.finished', { ...what, ...countsOf(steps) });
    return true;
  });

/** Goes on with what was ordered, page by page, each in a transaction of its own, until nothing is left to do. */
export async function runContainments(deps: ContainmentDeps): Promise<void> {
  while (await goOn(deps));
}
