import type { CheckpointView } from '../../../shared/http/evidence.ts';
import type { Alert, Incident } from '../../../shared/http/incidents.ts';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { type ContainmentFacts, containmentsOf } from '../../boundaries/containment/of-incident.ts';
import {
  describeIncident,
  type IncidentNote,
  type IncidentStep,
} from '../../boundaries/incidents/describe.ts';
import { timelineOf } from '../../boundaries/incidents/timeline.ts';
import type { Database } from '../../db/database.ts';
import { viewOf } from '../../evidence/proofs.ts';
import { readCheckpoint } from '../../evidence/store.ts';

/** All that a report says, as it was at one moment. */
export interface IncidentFacts {
  readonly incident: Incident;
  readonly alerts: readonly Alert[];
  readonly notes: readonly IncidentNote[];
  readonly steps: readonly IncidentStep[];
  readonly containments: readonly ContainmentFacts[];
  readonly timeline: { readonly entries: readonly LedgerEntry[]; readonly complete: boolean };
  /** The newest signed head; null while nothing is signed. */
  readonly checkpoint: CheckpointView | null;
  readonly at: Date;
}

/** @throws HttpError `not_found` */
export async function gatherFacts(
  { kysely }: Pick<Database, 'kysely'>,
  id: string,
  at: Date,
): Promise<IncidentFacts> {
  const { row, ...told } = await describeIncident(kysely, id, at);
  const timeline = await timelineOf({ kysely }, row);
  const containments = await containmentsOf(kysely, id);
  // Read last: a head that is signed meanwhile holds more of what was read before, never less.
  const head = await readCheckpoint(kysely);
  return { ...told, timeline, containments, checkpoint: head ? await viewOf(kysely, head) : null, at };
}
