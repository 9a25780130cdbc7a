import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';

const sessionsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('account_sessions')
    .select(['id', 'account_id', 'expires_at', 'revoked_cause'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everySession = (tx: Tx) => everyRow((after) => sessionsAfter(tx, after));

interface FamilyRow {
  /** Of the session. */
  readonly id: string;
  readonly newest: number;
  /** Generations that nobody has used, in order. */
  readonly open: string | null;
  readonly hash: Buffer;
  readonly expires_at: Date;
}

async function familiesAfter(tx: Tx, after: string): Promise<FamilyRow[]> {
  const { rows } = await sql<FamilyRow>`
    SELECT session_id AS id, max(generation) AS newest,
      string_agg(generation::text, ' ' ORDER BY generation) FILTER (WHERE used_at IS NULL) AS open,
      (array_agg(token_hash ORDER BY generation DESC))[1] AS hash,
      (array_agg(expires_at ORDER BY generation DESC))[1] AS expires_at
    FROM refresh_tokens WHERE session_id > ${after}
    GROUP BY session_id ORDER BY session_id LIMIT ${EVERY_ROW_PAGE}`.execute(tx);
  return rows;
}

/** Each session's refresh tokens, as one row. */
export const everyFamily = (tx: Tx) => everyRow((after) => familiesAfter(tx, after));
