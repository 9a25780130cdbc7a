import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { DatabaseError } from '../db/database-error.ts';

type Db = Pick<Database, 'kysely'>;

/** What the role of the probes may ask the database; each attack is taken back by the function that makes it. */
export interface Grounds {
  /** @returns the constraint that refused; null: none did */
  overdraft(source: string, destination: string): Promise<string | null>;
  unmatchedPosting(source: string, destination: string): Promise<string | null>;
  negativeHold(wallet: string): Promise<string | null>;
  rewriters(): Promise<string[]>;
  rowsWith(needle: string): Promise<number>;
  /** Whether a statement that this role has no right to is refused for that. */
  forbidden(statement: 'read-operators' | 'write-wallets'): Promise<boolean>;
}

const FOREIGN = {
  'read-operators': sql`SELECT 1 FROM operators LIMIT 1`,
  'write-wallets': sql`UPDATE wallets SET held = held WHERE false`,
};

const answer = async (db: Db, query: ReturnType<typeof sql<{ answer: string | null }>>) =>
  (await query.execute(db.kysely)).rows[0]?.answer ?? null;

export const groundsOf = (db: Db): Grounds => ({
  overdraft: (source, destination) =>
    answer(db, sql<{ answer: string | null }>`SELECT probe_overdraft(${source}, ${destination}) AS answer`),
  unmatchedPosting: (source, destination) =>
    answer(
      db,
      sql<{ answer: string | null }>`SELECT probe_unmatched_posting(${source}, ${destination}) AS answer`,
    ),
  negativeHold: (wallet) =>
    answer(db, sql<{ answer: string | null }>`SELECT probe_negative_hold(${wallet}) AS answer`),
  rewriters: async () => {
    const { rows } = await sql<{ answer: string }>`SELECT probe_rewriters() AS answer`.execute(db.kysely);
    return rows.map((row) => row.answer);
  },
  rowsWith: async (needle) =>
    Number(await answer(db, sql<{ answer: string }>`SELECT probe_rows_with(${needle}) AS answer`)),
  forbidden: async (statement) => {
    try {
      await FOREIGN[statement].execute(db.kysely);
      return false;
    } catch (error) {
      if (error instanceof DatabaseError && error.code === 'forbidden') return true;
      throw error;
    }
  },
});
