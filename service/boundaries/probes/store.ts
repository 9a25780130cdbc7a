import { sql } from 'kysely';
import type { ProbeOutcome } from '../../../shared/http/boundary-probes.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { OutcomeRow, RoundRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const round = [
  'id',
  'cause',
  'scheduled_by',
  'scheduled_at',
  'begun_at',
  'finished_at',
  'missed_at',
] as const;
const outcome = ['probe', 'outcome', 'evidence', 'duration_ms', 'at'] as const;

/** The one round that waits or runs. */
export const openRound = (db: Reader): Promise<RoundRow | undefined> =>
  db
    .selectFrom('probe_rounds')
    .select(round)
    .where('finished_at', 'is', null)
    .where('missed_at', 'is', null)
    .executeTakeFirst();

/** The round, held until the transaction ends. */
export const lockRound = (tx: Tx, id: string): Promise<RoundRow | undefined> =>
  tx.selectFrom('probe_rounds').select(round).where('id', '=', id).forUpdate().executeTakeFirst();

export async function lastScheduledAt(db: Reader): Promise<Date | null> {
  const row = await db
    .selectFrom('probe_rounds')
    .select((eb) => eb.fn.max('scheduled_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? null;
}

/** @returns the round, or undefined when another one is open */
export const insertRound = (
  tx: Tx,
  row: Pick<RoundRow, 'id' | 'cause' | 'scheduled_by' | 'scheduled_at'>,
): Promise<RoundRow | undefined> =>
  tx
    .insertInto('probe_rounds')
    .values(row)
    .onConflict((oc) => oc.doNothing())
    .returning(round)
    .executeTakeFirst();

export type RoundEnd = 'begun_at' | 'finished_at' | 'missed_at';

export const markRound = async (tx: Tx, id: string, what: RoundEnd, at: Date): Promise<void> => {
  await tx
    .updateTable('probe_rounds')
    .set({ [what]: at })
    .where('id', '=', id)
    .execute();
};

export async function insertOutcomes(
  tx: Tx,
  roundId: string,
  outcomes: readonly ProbeOutcome[],
  at: Date,
): Promise<void> {
  const rows = outcomes.map(({ probe, outcome, evidence, durationMs }) => ({
    ...{ round_id: roundId, probe, outcome, evidence, duration_ms: durationMs, at },
  }));
  await tx.insertInto('probe_outcomes').values(rows).execute();
}

export const lastOutcomes = (db: Reader): Promise<OutcomeRow[]> =>
  db
    .selectFrom('probe_outcomes')
    .select(outcome)
    .distinctOn('probe')
    .orderBy('probe')
    .orderBy('at', 'desc')
    .execute();

export const outcomesOf = (db: Reader, probe: string, limit: number): Promise<OutcomeRow[]> =>
  db
    .selectFrom('probe_outcomes')
    .select(outcome)
    .where('probe', '=', probe)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();

export async function lastRounds(db: Reader, limit: number): Promise<(RoundRow & Counted)[]> {
  const rows = await db
    .selectFrom('probe_rounds')
    .select(round)
    .select((eb) => {
      const counted = (wanted: keyof Counted) =>
        eb
          .selectFrom('probe_outcomes')
          .select((of) => of.fn.countAll<string>().as('n'))
          .whereRef('probe_outcomes.round_id', '=', 'probe_rounds.id')
          .where('outcome', '=', wanted)
          .as(wanted);
      return [counted('held'), counted('broken'), counted('unavailable')];
    })
    .orderBy('scheduled_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    ...{ held: Number(row.held), broken: Number(row.broken), unavailable: Number(row.unavailable) },
  }));
}

export interface Counted {
  readonly held: number;
  readonly broken: number;
  readonly unavailable: number;
}

/** Takes away whole rounds of long ago; how long is the database's rule. */
export const pruneRounds = async (db: Reader): Promise<void> => {
  await sql`SELECT prune_probe_rounds()`.execute(db);
};
