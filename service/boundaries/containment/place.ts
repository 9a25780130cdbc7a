import type { ContainableKind } from '../../../shared/http/containment.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import type { Tx } from '../../db/database.ts';
import type { Stage } from '../../identity/mutation.ts';
import type { Credential } from '../stolen/store.ts';
import { type ContainmentRow, planOf } from './rules.ts';
import { advance, type ContainmentDeps } from './run.ts';
import { insertContainment, insertSteps, stepsOf } from './store.ts';

export interface Placed {
  readonly kind: ContainableKind;
  readonly credential: Credential;
  readonly reason: string;
  readonly incidentId: string | null;
  readonly by: Actor;
  readonly at: Date;
}

export interface PlaceDeps extends ContainmentDeps {
  random(bytes: number): Uint8Array;
}

/** Stores a containment with its plan, and refuses the credential itself from this commit on; the job goes on with the rest. */
export async function placeContainment(
  tx: Tx,
  deps: PlaceDeps,
  { kind, credential: { name, ...credential }, reason, incidentId, by, at }: Placed,
  stage: Stage,
): Promise<{ readonly row: ContainmentRow; readonly eventId: string }> {
  const id = makeId('containment', deps.random(10), at.getTime());
  const steps = planOf(kind, { name, ...credential });
  const row = await insertContainment(tx, {
    ...{ id, kind, credential: credential.id, name, reason, incident_id: incidentId },
    ...{ operator_id: by.id, operator_name: by.name, ordered_at: at },
  });
  await insertSteps(tx, id, steps);
  const told = { containmentId: id, incidentId, credentialKind: kind, credentialId: credential.id };
  const eventId = await stage('containment.ordered', { ...told, steps: steps.length, reason }, by);
  const [root] = await stepsOf(tx, id);
  if (root) await advance(tx, deps, row, root);
  return { row, eventId };
}
