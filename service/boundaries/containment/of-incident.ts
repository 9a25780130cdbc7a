import type { Containment } from '../../../shared/http/containment.ts';
import type { Database } from '../../db/database.ts';
import { toContainment } from './rules.ts';
import { containmentsAbout, stepsOf } from './store.ts';

export type ContainmentFacts = Containment & { readonly operatorName: string | null };

/** What was contained because of an incident, in order. */
export const containmentsOf = async (
  db: Database['kysely'],
  incidentId: string,
): Promise<ContainmentFacts[]> =>
  Promise.all(
    (await containmentsAbout(db, incidentId)).map(async (row) => ({
      ...toContainment(row, await stepsOf(db, row.id)),
      operatorName: row.operator_name,
    })),
  );
