import { sql } from 'kysely';
import type { ProbeOutcome } from '../../../shared/http/boundary-probes.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { OutcomeRow } from '../probes/rules.ts';
import { type ConsoleOwner, type ConsoleRow, evidenceOf } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export async function insertConsoleOutcomes(
  tx: Tx,
  report: { readonly id: string; readonly operatorId: string; readonly at: Date },
  outcomes: readonly ProbeOutcome[],
): Promise<void> {
  const rows = outcomes.map(({ probe, outcome, evidence, durationMs }) => ({
    ...{ report_id: report.id, operator_id: report.operatorId, at: report.at },
    ...{ probe, outcome, evidence, duration_ms: durationMs },
  }));
  await tx.insertInto('console_outcomes').values(rows).execute();
}

const rowsOf = (db: Reader) =>
  db
    .selectFrom('console_outcomes as c')
    .innerJoin('operators as o', 'o.id', 'c.operator_id')
    .select(['c.probe', 'c.outcome', 'c.evidence', 'c.duration_ms', 'c.at', 'o.name', 'c.operator_id']);

/** Whoever is revoked signs nothing, and its console is no door. */
export const ownersOfConsoles = (db: Reader): Promise<ConsoleOwner[]> =>
  db.selectFrom('operators').select(['id', 'name', 'role']).where('revoked_at', 'is', null).execute();

/** What the console of each active operator said last, of each probe. */
export const lastOfConsoles = (db: Reader): Promise<ConsoleRow[]> =>
  rowsOf(db)
    .distinctOn(['c.probe', 'c.operator_id'])
    .where('o.revoked_at', 'is', null)
    .orderBy('c.probe')
    .orderBy('c.operator_id')
    .orderBy('c.at', 'desc')
    // Of two reports of one instant the worse counts; `broken` comes first.
    .orderBy('c.outcome')
    .execute();

/** Of all consoles, newest first. */
export async function consoleOutcomesOf(db: Reader, probe: string, limit: number): Promise<OutcomeRow[]> {
  const rows = await rowsOf(db).where('c.probe', '=', probe).orderBy('c.at', 'desc').limit(limit).execute();
  return rows.map(({ name, evidence, ...row }) => ({ ...row, evidence: evidenceOf(name, evidence) }));
}

export const pruneConsoleOutcomes = async (db: Reader): Promise<void> => {
  await sql`SELECT prune_console_outcomes()`.execute(db);
};
